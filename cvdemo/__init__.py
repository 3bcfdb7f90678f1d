"""What the page knows: models, pixels and measurements. Runs in a notebook without a page."""
