// Package cli is strongroom's own command line, and the only package that knows
// cobra.
//
// # Shape
//
// Noun, then verb: strongroom wallet create. One command per file, each in four
// parts: newXCommand (words for people), an options struct with Add (flags), and
// runX (the work, which knows nothing of cobra).
//
// # Rules
//
// Standard output is data; everything else goes to standard error, each line
// after "strongroom: ". With --json both are JSON of a stable shape. Passwords,
// words and keys come from the terminal itself (/dev/tty, without echo), or from a
// file or standard input that a flag names, never from an argument or the
// environment. What destroys or reveals something asks for the wallet's name to
// be typed. Every failure becomes an exit status in one switch (exit.go).
//
// # Where the work is done
//
// Commands speak to the daemon of a data directory over its admin socket. Where
// none runs, and the command makes sense without, this process becomes the daemon
// for the length of the command and then speaks to itself over that same socket:
// there is one client, one path through the gate, and the kernel says who asked.
//
// cmd/strongroom is the only importer.
package cli
