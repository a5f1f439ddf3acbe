package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"strongroom/internal/config"
	"strongroom/internal/fault"
)

func (a *app) newDocsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "docs DIR",
		Short: "Write the generated documentation",
		Long: `Writes the manual pages (man/*.1), the configuration reference (config.md) and the
table of exit statuses (exit-codes.md) into a directory. Other files there stay.`,
		Example: "  strongroom docs docs",
		Args:    exactly(1),
		Hidden:  true,
	}
	c.RunE = a.run(func(_ context.Context, args []string) error { return runDocs(c.Root(), args[0]) })
	return c
}

func runDocs(root *cobra.Command, dir string) error {
	files := map[string][]byte{
		"config.md":     []byte(config.Reference()),
		"exit-codes.md": []byte(exitDocument()),
	}
	if err := manuals(root, files); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := writePublic(path, content); err != nil {
			return fault.Storage.Wrap(err, "the file %s can not be written", shown(path))
		}
	}
	return nil
}

// writePublic writes a file that everybody may read, whatever the umask.
func writePublic(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

// manuals adds the manual page of a command and of all below it.
func manuals(c *cobra.Command, files map[string][]byte) error {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			if err := manuals(sub, files); err != nil {
				return err
			}
		}
	}
	page := *c
	page.DisableAutoGenTag = true
	page.Long = manText(c.Long) + "\n\n# EXIT STATUS\n\n" + exitList("**%d**: %s\n\n")
	// The zero date: a page must not differ from one day to the next.
	header := &doc.GenManHeader{Section: "1", Date: &time.Time{}, Source: "Strongroom", Manual: "Strongroom"}
	var b bytes.Buffer
	if err := doc.GenMan(&page, header, &b); err != nil {
		return fmt.Errorf("write the manual of %s: %w", c.CommandPath(), err)
	}
	name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
	files[filepath.Join("man", name)] = bytes.Replace(b.Bytes(), []byte(`"Jan 0001"`), []byte(`""`), 1)
	return nil
}

// manText keeps characters that mean something in Markdown what they are.
func manText(s string) string {
	return strings.NewReplacer(`*`, `\*`, `_`, `\_`, `<`, `\<`).Replace(s)
}

func exitList(format string) string {
	var b strings.Builder
	for _, e := range exitAbout {
		fmt.Fprintf(&b, format, e.code, e.about)
	}
	return b.String()
}

func exitDocument() string {
	return `# Exit statuses

What the commands of strongroom end with. The programs that it can also be (kmd) have their own.

| status | meaning |
|---|---|
` + exitList("| %d | %s |\n") + `
With ` + "`--json`" + ` a failure is one JSON object on standard error:

` + "```json" + `
{"error":{"kind":"wrong-password","text":"wrong password","exit":3}}
` + "```" + `

` + "`kind`" + ` is stable, ` + "`text`" + ` and ` + "`hint`" + ` are for people.
`
}
