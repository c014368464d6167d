from restai.cli import main

main()
