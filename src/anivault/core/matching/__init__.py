"""From parsed files to shows, seasons and episodes.

The words of this folder, from the file to its place:

- *release*: files of one folder, title and group. It is judged as a whole.
- *reading*: one way to read a title. `Show Season 2` is that title, and it is `Show` with season 2.
- *candidate*: a show or film that a source proposes.
- *entry*: what AniDB, MyAnimeList and AniList count as one: a cour, a whole series, a film, an OVA.
- *cour*: one of the entries that share a season. *JoJo: Stone Ocean* has three.
- *slot*: an entry in its place in the provider's numbering, a `PlacedEntry`. A show's slots are its timeline.
- *reach*: how far a number may run on from an entry's first episode before it leaves the season.
- *frame*: what a number counts from. `Show S2 - 01` counts from the season, `Show - 26` from the show.
- *claim*: how surely a title names one entry and no other: `Clannad After Story` claims the second.
- *place*: season and episode there.
- *sure*: how far a place can be trusted, 0 to 1. It is *stated* when a list says it, *derived* when it
  follows from dates and counts.
- *pin*: what the user has decided.

A file's way: `releases` groups, `evidence` gathers what a release says, a `source` proposes candidates,
`scoring` rates each by its `titles` and its timeline, as `fits` weighs them, `places` gives the numbers their
places, `decide` files or asks, `questions` says what to ask, and `explain` tells why. `pins` come before all
of this.
"""
