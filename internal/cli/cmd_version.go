package cli

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"strongroom/internal/secret"
)

func (a *app) newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show what was built",
		Long: `Shows the version and how the program was built: with cgo or without, and whether it
erases stack and registers after each use of a private key.`,
		Example: "  strongroom version --json | jq -r .commit",
		Args:    exactly(0),
		RunE:    a.run(func(context.Context, []string) error { return a.runVersion() }),
	}
}

// build describes a binary.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`   // "" if it was not built from a repository
	Modified bool   `json:"modified"` // the tree had changes beyond the commit
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Cgo      bool   `json:"cgo"`
	Erasing  bool   `json:"erasing"` // runtime/secret is built in and works on this platform
}

func (a *app) build() build {
	b := build{Version: a.env.Version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Erasing: secret.Erasing()}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.add(info)
	}
	return b
}

// add takes over what the linker noted.
func (b *build) add(info *buildinfo.BuildInfo) {
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		case "CGO_ENABLED":
			b.Cgo = s.Value == "1"
		}
	}
}

func (a *app) runVersion() error {
	b := a.build()
	return a.put(b, func(out io.Writer) {
		fmt.Fprintf(out, "strongroom %s\n", b.Version)
		commit := b.Commit
		switch {
		case commit == "":
			commit = "unknown"
		case b.Modified:
			commit += " with changes"
		}
		note(out, "commit", "%s", commit)
		note(out, "go", "%s %s/%s", b.Go, b.OS, b.Arch)
		note(out, "cgo", "%s", yesNo(b.Cgo))
		note(out, "erasing", "%s", yesNo(b.Erasing))
	})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
