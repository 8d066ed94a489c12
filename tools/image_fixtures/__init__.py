"""The parts of tools/make_images.py."""
