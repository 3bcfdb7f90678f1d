"""LeNet-5, the network that read handwritten digits (LeCun, Bottou, Bengio and Haffner 1998)."""

from torch import Tensor, nn

INPUT_SIZE = 32
CLASS_COUNT = 10


class LeNet5(nn.Module):
    """The 1998 layout with two changes that became usual: C3 sees all six maps of S2, and F6 ends in a linear layer.

    61,706 parameters. Colour pictures are averaged to grey first: the network has one input channel.
    """

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = nn.AvgPool2d(2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.s4 = nn.AvgPool2d(2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, CLASS_COUNT)
        self.act = nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, 10) for pictures (N, 3, 32, 32) or (N, 1, 32, 32)."""
        x = x.mean(1, keepdim=True)  # (N, 1, 32, 32)
        x = self.s2(self.act(self.c1(x)))  # (N, 6, 14, 14)
        x = self.s4(self.act(self.c3(x)))  # (N, 16, 5, 5)
        x = self.act(self.c5(x)).flatten(1)  # (N, 120)
        return self.output(self.act(self.f6(x)))
