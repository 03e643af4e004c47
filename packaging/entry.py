"""Where the executable starts: AniVault, or `-m MODULE` of it, which is how it starts a plug-in's worker."""

import sys

if sys.argv[1:2] == ["-m"]:
    import runpy

    del sys.argv[1]
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
else:
    from anivault.__main__ import main

    main()
