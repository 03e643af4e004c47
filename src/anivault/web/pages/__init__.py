"""The pages: each reads the desk, or begins work, and shows it. None decides anything."""
