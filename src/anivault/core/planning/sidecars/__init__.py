"""Files that go with videos: whose they are, what they are called, and where they go."""
