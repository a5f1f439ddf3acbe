package jsonrpc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/server/jsonrpc"
)

// post sends a body over HTTP and gives the reply without its newline.
func post(t testing.TB, s *jsonrpc.Service, body string) string {
	t.Helper()
	return postIn(t, t.Context(), s, body)
}

func postIn(t testing.TB, ctx context.Context, s *jsonrpc.Service, body string) string {
	t.Helper()
	r := httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader(body))
	r.Host = "127.0.0.1"
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler(jsonrpc.HTTPConfig{}).ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return strings.TrimSuffix(w.Body.String(), "\n")
}

// method gives a method with a body of its own.
func method(name string, least, most int, run func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error)) jsonrpc.Method {
	return jsonrpc.Method{Name: name, MinArgs: least, MaxArgs: most, Run: run}
}

func TestEnvelope(t *testing.T) {
	s := service(t, nil,
		method("account_echo", 1, 2, func(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
			return jsonrpc.Result(fmt.Sprintf(`[%d,%s,%t]`, len(c.Args), c.Params, c.Arg(1) == nil)), nil
		}),
		method("account_null", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) { return nil, nil }),
		method("account_fails", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
			return nil, fault.Denied.Wrap(errors.New("the cause"), "request denied")
		}),
		method("account_unclassified", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
			return nil, errors.New("a detail of ours")
		}),
		method("account_coded", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
			return nil, fmt.Errorf("wrapped: %w", &jsonrpc.Error{Code: -31999, Message: "ui says no", Data: jsontext.Value(`{"why":"test"}`)})
		}),
		method("account_crashes", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) { panic("canary") }),
	)
	invalid := `{"jsonrpc":"2.0","id":%s,"error":{"code":-32600,"message":"invalid request"}}`
	long := strings.Repeat("m", 2049)
	for name, test := range map[string]struct{ body, want string }{
		"id echoed as written":   {`{"jsonrpc":"2.0","id":1.50e+0,"method":"account_null"}`, `{"jsonrpc":"2.0","id":1.50e+0,"result":null}`},
		"id with escapes":        {`{"jsonrpc":"2.0","id":"\u0061\/","method":"account_null"}`, `{"jsonrpc":"2.0","id":"\u0061\/","result":null}`},
		"id huge":                {`{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"account_null"}`, `{"jsonrpc":"2.0","id":123456789012345678901234567890,"result":null}`},
		"id true":                {`{"jsonrpc":"2.0","id":true,"method":"account_null"}`, `{"jsonrpc":"2.0","id":true,"result":null}`},
		"id list":                {`{"jsonrpc":"2.0","id":[1],"method":"account_null"}`, fmt.Sprintf(invalid, "null")},
		"members in any order":   {`{"params":[],"method":"account_null","id":2,"jsonrpc":"2.0"}`, `{"jsonrpc":"2.0","id":2,"result":null}`},
		"names have case":        {`{"jsonrpc":"2.0","ID":1,"Method":"account_null","id":3}`, fmt.Sprintf(invalid, "3")},
		"version is a number":    {`{"jsonrpc":2.0,"id":1,"method":"account_null"}`, fmt.Sprintf(invalid, "1")},
		"method is no string":    {`{"jsonrpc":"2.0","id":1,"method":["account_null"]}`, fmt.Sprintf(invalid, "1")},
		"method is empty":        {`{"jsonrpc":"2.0","id":1,"method":""}`, fmt.Sprintf(invalid, "1")},
		"method escaped":         {`{"jsonrpc":"2.0","id":1,"method":"account\u005fnull"}`, `{"jsonrpc":"2.0","id":1,"result":null}`},
		"method too long":        {`{"jsonrpc":"2.0","id":1,"method":"` + long + `"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"method name too long: 2049 > 2048"}}`},
		"method with controls":   {`{"jsonrpc":"2.0","id":1,"method":"a\u001b_\"b"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"the method a\u001b_\"b does not exist/is not available"}}`},
		"duplicate member":       {`{"jsonrpc":"2.0","id":1,"id":2,"method":"account_null"}`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"duplicate within":       {`{"jsonrpc":"2.0","id":1,"method":"account_echo","params":[{"a":1,"a":2}]}`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"duplicate in ignored":   {`{"jsonrpc":"2.0","id":1,"method":"account_null","x":{"a":1,"a":2}}`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"no utf-8":               {"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"account_null\"}", `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"arguments as they are":  {`{"jsonrpc":"2.0","id":1,"method":"account_echo","params":[ {"b":1.0} , null]}`, `{"jsonrpc":"2.0","id":1,"result":[2,[ {"b":1.0} , null],true]}`},
		"null is an argument":    {`{"jsonrpc":"2.0","id":1,"method":"account_echo","params":[null]}`, `{"jsonrpc":"2.0","id":1,"result":[1,[null],true]}`},
		"argument missing":       {`{"jsonrpc":"2.0","id":1,"method":"account_echo"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 0"}}`},
		"second missing":         {`{"jsonrpc":"2.0","id":1,"method":"account_signData","params":["a"]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 1"}}`},
		"too many":               {`{"jsonrpc":"2.0","id":1,"method":"account_echo","params":[1,2,3]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"too many arguments, want at most 2"}}`},
		"far too many":           {`{"jsonrpc":"2.0","id":1,"method":"account_null","params":[` + strings.Repeat("1,", 5000) + `1]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"too many arguments, want at most 0"}}`},
		"fails":                  {`{"jsonrpc":"2.0","id":1,"method":"account_fails"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"request denied"}}`},
		"unclassified":           {`{"jsonrpc":"2.0","id":1,"method":"account_unclassified"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"internal error; the log has the details"}}`},
		"error of its own":       {`{"jsonrpc":"2.0","id":1,"method":"account_coded"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-31999,"message":"ui says no","data":{"why":"test"}}}`},
		"crash":                  {`{"jsonrpc":"2.0","id":1,"method":"account_crashes"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"method handler crashed"}}`},
		"crash of a notice":      {`{"jsonrpc":"2.0","method":"account_crashes"}`, ``},
		"notice of nothing":      {`{"jsonrpc":"2.0","method":"account_nope"}`, ``},
		"notice, wrong params":   {`{"jsonrpc":"2.0","method":"account_echo","params":{}}`, ``},
		"error response":         {`{"jsonrpc":"2.0","id":1,"error":{}}`, ``},
		"response with params":   {`{"jsonrpc":"2.0","id":1,"result":1,"params":[]}`, fmt.Sprintf(invalid, "1")},
		"subscribe, no params":   {`{"jsonrpc":"2.0","id":1,"method":"x_subscribe"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"notifications not supported"}}`},
		"only blanks":            {" \n\t ", ``},
		"unfinished batch":       {`[{"jsonrpc":"2.0","id":1,"method":"account_null"}`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"batch of notices":       {`[{"jsonrpc":"2.0","method":"account_null"},{"jsonrpc":"2.0","id":1,"result":1}]`, ``},
		"batch within a batch":   {`[[{"jsonrpc":"2.0","id":1,"method":"account_null"}]]`, `[` + fmt.Sprintf(invalid, "null") + `]`},
		"batch and garbage":      {`[{"jsonrpc":"2.0","id":1,"method":"account_null"}]]}`, `[{"jsonrpc":"2.0","id":1,"result":null}]`},
		"crash within a batch":   {`[{"jsonrpc":"2.0","id":1,"method":"account_crashes"},{"jsonrpc":"2.0","id":2,"method":"account_null"}]`, `[{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"method handler crashed"}},{"jsonrpc":"2.0","id":2,"result":null}]`},
		"deep":                   {strings.Repeat("[", 20000), `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"result is not escaped":  {`{"jsonrpc":"2.0","id":"<&>","method":"account_null"}`, `{"jsonrpc":"2.0","id":"<&>","result":null}`},
		"byte order mark":        {"\ufeff{}", `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
		"a member is unfinished": {`{"jsonrpc":"2.0","id":1,"method":"account_null","params":[1}`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := post(t, s, test.body); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestCrashIsLoggedWithoutItsValue(t *testing.T) {
	var log bytes.Buffer
	s := service(t, func(c *jsonrpc.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) },
		method("account_crashes", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) { panic("canary") }))
	post(t, s, `{"jsonrpc":"2.0","id":1,"method":"account_crashes"}`)
	if text := log.String(); !strings.Contains(text, "method handler crashed") || strings.Contains(text, "canary") {
		t.Errorf("the log has %q", text)
	}
}

func TestFailuresAreLogged(t *testing.T) {
	var log bytes.Buffer
	s := service(t, func(c *jsonrpc.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) },
		method("account_fails", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
			return nil, fault.Denied.New("request denied")
		}))
	post(t, s, `{"jsonrpc":"2.0","id":7,"method":"account_fails"}`)
	post(t, s, `{"jsonrpc":"2.0","id":"`+strings.Repeat("i", 100)+`","method":"`+strings.Repeat("x", 100)+`"}`)
	text := log.String()
	for _, want := range []string{`level=WARN msg="Served account_fails" conn=192.0.2.1:1234 reqid=7`, `err="request denied"`, "reqid=(long)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %q: %s", want, text)
		}
	}
	if strings.Contains(text, `msg="Served xxx`) {
		t.Errorf("the log has the caller's own words as its message: %s", text)
	}
}

func TestBatchLimits(t *testing.T) {
	var ran atomic.Int32
	big := method("account_big", 0, 0, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
		ran.Add(1)
		return jsonrpc.Text(strings.Repeat("x", 98)), nil // 100 bytes
	})
	s := service(t, func(c *jsonrpc.Config) { c.MaxResults, c.MaxBatch = 250, 6 }, big)
	one := func(id int) string { return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"account_big"}`, id) }
	notice := `{"jsonrpc":"2.0","method":"account_big"}`

	got := post(t, s, "["+strings.Join([]string{one(1), one(2), one(3), notice, one(4), one(5)}, ",")+"]")
	refused := `{"jsonrpc":"2.0","id":%d,"error":{"code":-32003,"message":"response too large"}}`
	if want := fmt.Sprintf(","+refused+","+refused+"]", 4, 5); !strings.HasSuffix(got, want) || strings.Count(got, "xxx\"}") != 3 {
		t.Errorf("got %s", got)
	}
	if ran.Load() != 3 {
		t.Errorf("%d calls ran, want 3: those after the limit must not", ran.Load())
	}
	if got := post(t, s, one(1)); strings.Contains(got, "error") {
		t.Errorf("a single call: %s", got)
	}
	got = post(t, s, "["+strings.Repeat(notice+",", 6)+one(9)+"]")
	if want := `[{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if ran.Load() != 4 {
		t.Errorf("%d calls ran, want 4: nothing of a batch that is too large", ran.Load())
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cancelled := make(chan struct{}, 1)
		waits := method("account_waits", 0, 0, func(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
			<-ctx.Done()
			cancelled <- struct{}{}
			return nil, fault.Canceled.Wrap(ctx.Err(), "request denied")
		})
		s := service(t, func(c *jsonrpc.Config) { c.Deadline = 75 * time.Second }, waits)
		start := time.Now()
		got := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"account_waits"}`)
		if want := `{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"request timed out"}}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if took := time.Since(start); took != 75*time.Second {
			t.Errorf("it took %s", took)
		}
		<-cancelled

		// Of a batch, what was answered stays, and the rest is not executed.
		got = post(t, s, `[{"jsonrpc":"2.0","id":1,"method":"account_version"},{"jsonrpc":"2.0","id":2,"method":"account_waits"},`+
			`{"jsonrpc":"2.0","method":"account_waits"},{"jsonrpc":"2.0","id":3,"method":"account_version"}]`)
		if want := `[{"jsonrpc":"2.0","id":1,"result":"6.1.0"},{"jsonrpc":"2.0","id":2,"error":{"code":-32002,"message":"request timed out"}},` +
			`{"jsonrpc":"2.0","id":3,"error":{"code":-32002,"message":"request timed out"}}]`; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		<-cancelled
		if len(cancelled) > 0 {
			t.Error("a notification ran after the deadline")
		}
	})
}

// TestAnswerAtTheDeadline: what a method finished is never thrown away.
func TestAnswerAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := method("account_late", 0, 0, func(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
			<-ctx.Done()
			return jsonrpc.Text("done"), nil
		})
		s := service(t, func(c *jsonrpc.Config) { c.Deadline = time.Second }, late)
		if got, want := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"account_late"}`), `{"jsonrpc":"2.0","id":1,"result":"done"}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestCallerGoneOverHTTP(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := service(t, func(c *jsonrpc.Config) { c.Deadline = time.Hour },
		method("account_waits", 0, 0, func(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
			cancel()
			<-ctx.Done()
			return nil, fault.Canceled.New("the caller is gone")
		}))
	got := postIn(t, ctx, s, `{"jsonrpc":"2.0","id":1,"method":"account_waits"}`)
	if want := `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"the caller is gone"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNewRefuses(t *testing.T) {
	run := func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) { return nil, nil }
	good := jsonrpc.Config{Log: slog.New(slog.DiscardHandler), Now: time.Now}
	for name, change := range map[string]func(*jsonrpc.Config){
		"no log":            func(c *jsonrpc.Config) { c.Log = nil },
		"no clock":          func(c *jsonrpc.Config) { c.Now = nil },
		"negative deadline": func(c *jsonrpc.Config) { c.Deadline = -1 },
		"two of a name": func(c *jsonrpc.Config) {
			c.Methods = []jsonrpc.Method{{Name: "a_b", Run: run}, {Name: "a_b", Run: run}}
		},
		"no body":          func(c *jsonrpc.Config) { c.Methods = []jsonrpc.Method{{Name: "a_b"}} },
		"no name":          func(c *jsonrpc.Config) { c.Methods = []jsonrpc.Method{{Run: run}} },
		"too many":         func(c *jsonrpc.Config) { c.Methods = []jsonrpc.Method{{Name: "a_b", Run: run, MaxArgs: 9}} },
		"fewer than least": func(c *jsonrpc.Config) { c.Methods = []jsonrpc.Method{{Name: "a_b", Run: run, MinArgs: 2, MaxArgs: 1}} },
	} {
		c := good
		if change(&c); func() error { _, err := jsonrpc.New(c); return err }() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := jsonrpc.New(good); err != nil {
		t.Error(err)
	}
}
