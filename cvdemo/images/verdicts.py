"""What the door says about a file, in the page's words."""

from typing import Final

EMPTY: Final = "The file is empty. Choose another photo."
NOT_A_PICTURE: Final = "This file is not a picture we can read. JPEG, PNG and WebP always work."
NOT_A_FRAME: Final = "Frames of live video must be JPEG. Reload the page."
DRAWING: Final = "SVG is a drawing. Export it as PNG first."
ENDS_EARLY: Final = "The file ends in the middle. Save or download it again."
DAMAGED: Final = "The file is damaged. Save or download it again."
NO_FILE: Final = "This is not a file. Choose a photo."
GONE: Final = "This photo is no longer here. Choose it again."
NO_MEMORY: Final = "This picture needs more memory than is free here. Choose a smaller one."
