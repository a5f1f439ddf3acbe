package clef

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// maskTimes puts the recordings' placeholders where the program log has times.
func maskTimes(log string) string {
	return regexp.MustCompile(`\[\d\d-\d\d\|\d\d:\d\d:\d\d\.\d\d\d\]`).ReplaceAllString(log, "[MM-DD|HH:MM:SS.mmm]")
}

// The form of the lines is that of the recordings; what stands in them is the business
// of the handlers.
func TestAuditFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	meta := wire.Meta{Remote: "1.2.3.4:5", Local: "127.0.0.1:8550", Scheme: "http", UserAgent: "golden-client/1.0"}
	for range 2 { // a second run goes on in the same file
		a, err := OpenAudit(path, func() time.Time { return time.Date(2026, 11, 20, 21, 28, 43, 401_887_913, time.UTC) }, newLog(t.Output(), levelTrace))
		if err != nil {
			t.Fatal(err)
		}
		a.Log("SignData", RequestSide, metadata(meta), Field{"addr", "0xCD [chksum ok]"}, Field{"data", `"0x68"`}, Field{"content-type", "text/plain"})
		a.Log("SignData", ResponseSide, Field{"data", "e1ff"}, failure(nil))
		a.Log("List", ResponseSide, Field{"data", "[]"}, failure(fault.Denied.New("request denied")))
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	const begin = "time=2026-11-20T21:28:43.401Z level=INFO "
	run := begin + `msg=Configured api=signer "audit log"=` + path + "\n" +
		begin + `msg=SignData api=signer type=request metadata="{\"remote\":\"1.2.3.4:5\",\"local\":\"127.0.0.1:8550\",\"scheme\":\"http\",\"User-Agent\":\"golden-client/1.0\",\"Origin\":\"\"}"` +
		` addr="0xCD [chksum ok]" data="\"0x68\"" content-type=text/plain` + "\n" +
		begin + "msg=SignData api=signer type=response data=e1ff error=<nil>\n" +
		begin + "msg=List api=signer type=response data=[] error=\"request denied\"\n"
	got, err := os.ReadFile(path)
	if err != nil || string(got) != run+run {
		t.Errorf("%v, got\n%s\nwant twice\n%s", err, got, run)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := OpenAudit(t.TempDir(), time.Now, newLog(t.Output(), levelTrace)); !fault.Is(err, fault.Storage) {
		t.Errorf("a directory: %v", err)
	}
}
