"""Art: each provider's visual language. Loaded only when a picture is drawn; needs Pillow."""
