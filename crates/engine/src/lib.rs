//! Use cases: import, embed, search, group. Never sees HTTP or command-line arguments.
