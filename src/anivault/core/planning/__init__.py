"""Where every file goes: names, sidecars, extras, descriptions, and the plan as a file."""
