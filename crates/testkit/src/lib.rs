//! Helpers for tests only: free ports, processes, tiny models.
