"""Where facts come from: the offline catalogue and TMDB."""
