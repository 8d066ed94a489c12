//! Bytes of image files to 8-bit sRGB under limits, and from there to model input, thumbnails and JPEG.
