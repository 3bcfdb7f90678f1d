"""The one place where a CvDemoError becomes a sentence in a red box, and where each call enters the request log."""

import functools
import html
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

import gradio as gr

from app import request_log
from cvdemo.errors import CvDemoError, Stopped

P = ParamSpec("P")
T = TypeVar("T")


def shows_errors(handler: Callable[P, T]) -> Callable[P, T]:
    """Turn a CvDemoError raised by ``handler``, a function or a generator, into Gradio's error box.

    A generator that was stopped just ends: whoever stopped it shows what is known. Gradio renders the message as HTML,
    so it is escaped here; other exceptions stay bugs and are logged.
    """
    endpoint = request_log.endpoint_of(handler)
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*args: P.args, **kwargs: P.kwargs) -> Iterator[Any]:
            try:
                with request_log.noted(endpoint, partial(request_log.models_in, *args, *kwargs.values())):
                    yield from cast(Iterator[Any], handler(*args, **kwargs))
            except Stopped:
                return  # by the visitor, or by a newer wish that shows its own outcome
            except CvDemoError as error:
                raise boxed(error) from error

        return cast(Callable[P, T], stream)

    @functools.wraps(handler)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with request_log.noted(endpoint, partial(request_log.models_in, *args, *kwargs.values())):
                return handler(*args, **kwargs)
        except CvDemoError as error:
            raise boxed(error) from error

    return wrapper


def boxed(error: CvDemoError) -> gr.Error:
    """Return Gradio's error box with the sentence, escaped."""
    return gr.Error(html.escape(str(error)), print_exception=False)
