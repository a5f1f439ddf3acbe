package clef

import (
	"context"
	"log/slog"
	"os"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/telemetry"
)

// AuditFile is Clef's own log in a file (§14), which other tools read: lines of
// key=value in the order in which things happened. Nothing protects them; that is what
// the journal is for.
type AuditFile struct {
	file *os.File
	log  *slog.Logger
	now  func() time.Time
	// trouble is told that a line could not be written.
	trouble *slog.Logger
}

// OpenAudit opens the log for appending, and makes it (0644) where it is not there yet.
// Errors: fault.Storage.
func OpenAudit(path string, now func() time.Time, trouble *slog.Logger) (*AuditFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fault.Storage.New("the audit log can not be opened: %v", err)
	}
	a := &AuditFile{file: f, now: now, log: slog.New(telemetry.Guard(slog.NewTextHandler(f, nil))), trouble: trouble}
	a.write("Configured", slog.String("api", "signer"), slog.String("audit log", path))
	return a, nil
}

// Log implements [Audit].
func (a *AuditFile) Log(method string, of Side, fields ...Field) {
	attrs := make([]slog.Attr, 0, 2+len(fields))
	attrs = append(attrs, slog.String("api", "signer"), slog.String("type", string(of)))
	for _, f := range fields {
		attrs = append(attrs, slog.String(f.Key, f.Value))
	}
	a.write(method, attrs...)
}

func (a *AuditFile) write(message string, attrs ...slog.Attr) {
	r := slog.NewRecord(a.now(), slog.LevelInfo, message, 0)
	r.AddAttrs(attrs...)
	if err := a.log.Handler().Handle(context.Background(), r); err != nil {
		a.trouble.Error("A line could not be written to the audit log", "err", err)
	}
}

// Close closes the file.
func (a *AuditFile) Close() error { return a.file.Close() }
