package e2e

import (
	"bufio"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// recordedGroup is a file of exchanges with callers and with a UI program.
type recordedGroup struct {
	Setup struct {
		Flags  []string `json:"flags"`
		Config *string  `json:"config"`
	} `json:"setup"`
	Startup     []recordedTraffic `json:"startup"`
	AuditLog    []string          `json:"auditLog"`
	Transcripts []struct {
		Name     string `json:"name"`
		External struct {
			Request jsontext.Value    `json:"request"`
			Headers map[string]string `json:"headers"`
			HTTP    struct {
				RawBody string `json:"rawBody"`
			} `json:"http"`
		} `json:"external"`
		UI []recordedTraffic `json:"ui"`
	} `json:"transcripts"`
}

type recordedTraffic struct {
	From    string `json:"from"`
	Request struct {
		Method string `json:"method"`
	} `json:"request"`
	Response map[string]jsontext.Value `json:"response"`
}

// scriptedUI answers the signer as the recordings say: to each request the next answer
// of its method.
type scriptedUI struct {
	mu      sync.Mutex
	answers []recordedTraffic
}

func (u *scriptedUI) expect(answers []recordedTraffic) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers = slices.Clone(answers)
}

// answer is the reply to one message; nil for one that wants none.
func (u *scriptedUI) answer(id jsontext.Value, method string) map[string]jsontext.Value {
	if id == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, a := range u.answers {
		if a.Request.Method == method && a.Response != nil {
			u.answers = slices.Delete(u.answers, i, i+1)
			reply := map[string]jsontext.Value{"jsonrpc": jsontext.Value(`"2.0"`), "id": id}
			for _, member := range []string{"result", "error"} {
				if v, ok := a.Response[member]; ok {
					reply[member] = v
				}
			}
			return reply
		}
	}
	return map[string]jsontext.Value{
		"jsonrpc": jsontext.Value(`"2.0"`), "id": id, "error": jsontext.Value(`{"code":-32000,"message":"replay: unexpected UI request"}`),
	}
}

// serve answers until the signer ends.
func (u *scriptedUI) serve(s *signer, in *bufio.Reader, started chan<- struct{}) {
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m struct {
			ID     jsontext.Value `json:"id"`
			Method string         `json:"method"`
		}
		if json.Unmarshal(line, &m) != nil {
			continue
		}
		if m.Method == "ui_onSignerStartup" {
			close(started)
		}
		if reply := u.answer(m.ID, m.Method); reply != nil {
			text, err := json.Marshal(reply)
			if err != nil {
				return
			}
			_, _ = s.stdin.Write(append([]byte(s.expand(string(text))), '\n'))
		}
	}
}

// TestClefAuditLog replays the groups whose audit log was recorded, and holds ours against
// it, but for what is different on purpose.
func TestClefAuditLog(t *testing.T) {
	for _, group := range []string{"01-account-list", "09-sign-data", "11-gnosis-safe", "12-ecrecover", "17-rules"} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(clefRecordings, group+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var g recordedGroup
			if err := json.Unmarshal(text, &g); err != nil {
				t.Fatal(err)
			}
			got := replayForAudit(t, &g)
			if diff := cmp.Diff(asOurs(g.AuditLog), asOurs(got)); diff != "" {
				t.Error("audit log: (-recorded +ours)\n" + diff)
			}
			if more := complete[group]; more != "" && !strings.Contains(strings.Join(got, "\n"), more) {
				t.Errorf("the audit log does not have %s", more)
			}
		})
	}
}

// complete is what the peer's audit log lacks.
var complete = map[string]string{
	"11-gnosis-safe": `\"value\":\"20000000000000000\",\"gasPrice\":\"0\",`,
	"17-rules":       ` msg=New api=signer type=response data=<nil> error="request denied"`,
}

// What is different on purpose in our audit log.
var (
	// Lines that the peer does not have: new accounts, and the answer where it crashes.
	ourLines = regexp.MustCompile(` msg=New api=signer | error="a header of 17 members: `)
	// Why a listing failed stands there.
	ourFailure = regexp.MustCompile(`( msg=List api=signer type=response data=\[\]) error=.*`)
	// Amounts are shown; the peer shows {}.
	ourAmounts = regexp.MustCompile(`(\\"(?:value|gasPrice|baseGas|safeTxGas|nonce)\\":)(?:[0-9]+|\\"[0-9]+\\"|\{\})`)
	// Typed data are shown as they were given; the peer dumps its own structures.
	ourDocument = regexp.MustCompile(`( msg=SignTypedData .* data=)"\{.*`)
	// The two requests that the peer signs wrongly: what OnApprovedTx does not take note of,
	// and a transaction of a Safe whose hash is another one.
	ourRefusals = regexp.MustCompile(`data=f8610c0182.* error=<nil>|data=<nil> error="request denied: the rule file did not take note of the signature"|` +
		`data=".*\\"safeTxHash\\":\\"0x1212.*error=<nil>|data=<nil> error="mismatched safeTxHash; have 0x\w+ want 0x1212.*`)
	// Not everything that is JSON needs quotes.
	ourQuotes = regexp.MustCompile(` data="(5|null)" content-type`)
)

// asOurs leaves out of an audit log what is different on purpose.
func asOurs(log []string) []string {
	lines := make([]string, 0, len(log))
	for _, line := range log {
		if ourLines.MatchString(line) {
			continue
		}
		line = ourFailure.ReplaceAllString(line, "$1")
		line = ourRefusals.ReplaceAllLiteralString(line, "data=<refused or not>")
		line = ourQuotes.ReplaceAllString(line, " data=$1 content-type")
		if strings.Contains(line, " msg=SignGnosisSafeTx api=signer type=request ") {
			line = ourAmounts.ReplaceAllString(line, "${1}AMOUNT")
		}
		lines = append(lines, ourDocument.ReplaceAllString(line, "${1}<document>"))
	}
	return lines
}

// replayForAudit makes the recorded requests and gives the lines of the audit log.
func replayForAudit(t *testing.T, g *recordedGroup) []string {
	t.Helper()
	p := clefPlace(t, g.Setup.Config != nil)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	flags := []string{"--stdio-ui", "--auditlog", "${CONFIG}/audit.log"}
	if slices.Contains(g.Setup.Flags, "--rules") {
		flags = append(flags, "--rules", "${RULES}")
	}
	u, started := &scriptedUI{answers: g.Startup}, make(chan struct{})
	s := p.startTo(w, flags...)
	_ = w.Close()
	var serving sync.WaitGroup
	serving.Go(func() { u.serve(s, bufio.NewReader(r), started) })
	select {
	case <-started:
	case <-s.ended:
		t.Fatalf("clef ended: %s", s.stderr.from(0))
	}
	for _, x := range g.Transcripts {
		u.expect(x.UI)
		body := s.expand(string(x.External.Request))
		if x.External.HTTP.RawBody != "" {
			body = x.External.HTTP.RawBody
		}
		if _, err := s.postWith(body, x.External.Headers); err != nil {
			t.Fatalf("%s: %v", x.Name, err)
		}
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d: %s", status, s.stderr.from(0))
	}
	serving.Wait()
	log, err := os.ReadFile(filepath.Join(s.names["${CONFIG}"], "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(log)) {
		line = s.mask(strings.TrimSuffix(line, "\n"))
		line = regexp.MustCompile(`^time=\S+`).ReplaceAllLiteralString(line, "time=${TIME}")
		lines = append(lines, regexp.MustCompile(`(\\"remote\\":\\")127\.0\.0\.1:\d+`).ReplaceAllString(line, "${1}$${REMOTE}"))
	}
	return lines
}

// postWith is post with headers of the caller's.
func (s *signer) postWith(body string, headers map[string]string) (jsontext.Value, error) {
	h := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"golden-client/1.0"}}
	for name, value := range headers {
		h.Set(name, value)
	}
	return s.send(body, h)
}
