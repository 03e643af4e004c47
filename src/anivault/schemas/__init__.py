"""Package data: JSON schemas of plan, events and journal."""
