"""Finds the sentence makers of a room by reading its source: who may return a text of three words or more."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Module:
    """The functions of one file by name, and its constants that hold a text of three words or more."""

    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    constants: set[str] = field(default_factory=set)


def makers(room: Path, root: Path = ROOT) -> set[str]:
    """Return the dotted names of all sentence makers of a folder of Python files, as ``cvdemo.pairs.differences``.

    A maker is a public function whose return type holds ``str``, and that holds a text of three words or more, or a
    constant of its file that does, or calls a private function of its file that does. What it raises does not count.
    """
    found = set()
    for path in sorted(room.rglob("*.py")):
        dotted = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        module = _read(ast.parse(path.read_text()))
        for name, function in module.functions.items():
            returns = "" if function.returns is None else ast.unparse(function.returns)
            if not name.startswith("_") and re.search(r"\bstr\b", returns) and _speaks(module, name, set()):
                found.add(f"{dotted}.{module.names[name]}")
    return found


def _read(tree: ast.Module) -> Module:
    module = Module()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(map(_is_sentence, _texts(node.value))):
                module.constants |= {target.id for target in targets if isinstance(target, ast.Name)}
        owner = [node] if isinstance(node, ast.FunctionDef) else node.body if isinstance(node, ast.ClassDef) else []
        for one in owner:
            if isinstance(one, ast.FunctionDef):
                module.functions[one.name] = one
                module.names[one.name] = one.name if one is node else f"{node.name}.{one.name}"  # type: ignore[union-attr]
    return module


def _speaks(module: Module, name: str, asked: set[str]) -> bool:
    asked.add(name)
    body = module.functions[name].body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # the docstring
    for statement in body:
        if any(map(_is_sentence, _texts(statement))):
            return True
        for node in ast.walk(statement):
            called = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if called in module.constants:
                return True
            private = called.startswith("_") and called in module.functions and called not in asked
            if private and _speaks(module, called, asked):
                return True
    return False


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Raise | ast.Assert):
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)


def _is_sentence(text: str) -> bool:
    return " " in text and len(re.findall(r"[A-Za-z]{2,}", text)) >= 3
