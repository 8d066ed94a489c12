//! USPTO file names, patent numbers, grant XML and folder layouts. Decodes no images and stores nothing.
