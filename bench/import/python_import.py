"""The Python contender's process: `python python_import.py JOB`, see pipeline.py."""

if __name__ == "__main__":
    # Not above: the tuned variant's processes import this file too, and need no PyTorch.
    import pipeline

    pipeline.main()
