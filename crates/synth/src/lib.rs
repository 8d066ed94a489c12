//! Synthetic design patents: parametric solids drawn as patent sheets and product photos, with grant XML.
