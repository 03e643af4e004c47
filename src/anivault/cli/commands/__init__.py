"""The words of every command, and how its result looks. A module is loaded when its word is typed."""
