package kmd

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func TestRouting(t *testing.T) {
	const notFound = "404 page not found\n"
	type expectation struct {
		status   int
		body     string
		kind     string
		location string
	}
	invalid := expectation{401, "{\n  \"error\": true,\n  \"message\": \"invalid API token\"\n}", "application/json", ""}
	missing := expectation{404, notFound, "text/plain; charset=utf-8", ""}
	notAllowed := expectation{405, "", "", ""}
	open := expectation{200, versions, "application/json", ""}
	options := expectation{200, "", "", ""}
	moved := func(to string) expectation { return expectation{301, "", "", to} }

	for _, c := range []struct {
		method, path string
		want         expectation
	}{
		{"GET", "/versions", open}, {"POST", "/versions", open}, {"DELETE", "/versions", open}, {"BREW", "/versions", open},
		{"GET", "/versions?x=1", open},
		{"GET", "/v%65rsions", open},
		{"OPTIONS", "/versions", options}, {"OPTIONS", "/", options}, {"OPTIONS", "/v1/nope", options}, {"OPTIONS", "/anything/at/all", options},
		{"GET", "/v1/wallets", invalid}, {"GET", "/v1/walle%74s", invalid}, {"POST", "/v1/wallet", invalid}, {"DELETE", "/v1/key", invalid},
		{"POST", "/v1/wallets", missing}, {"HEAD", "/v1/wallets", missing}, {"GET", "/v1/wallet", missing}, {"PUT", "/v1/key", missing},
		{"GET", "/v1", missing}, {"GET", "/v1/", missing}, {"GET", "/v1x", missing}, {"GET", "/v1/nope", missing},
		{"GET", "/v1/wallets/", missing}, {"POST", "/v1/key/", missing}, {"GET", "/V1/wallets", notAllowed},
		{"GET", "/", notAllowed}, {"GET", "/metrics", notAllowed}, {"GET", "/v2/x", notAllowed}, {"GET", "/versions/", notAllowed}, {"GET", "/swagger.json/", notAllowed},
		{"GET", "//v1/wallets", moved("/v1/wallets")}, {"GET", "/v1//wallets", moved("/v1/wallets")},
		{"GET", "/v1/./wallets", moved("/v1/wallets")}, {"GET", "/x/../v1/wallets", moved("/v1/wallets")},
		{"POST", "/v1/key//", moved("/v1/key/")}, {"GET", "/../../etc", moved("/etc")},
		{"GET", "//evil.example/", moved("/evil.example/")}, {"GET", "/v1//x?a=b", moved("/v1/x?a=b")},
		{"GET", "/%2e%2e/v1/wallets", moved("/v1/wallets")},
	} {
		b := newBench(t, nil)
		r := httptest.NewRequest(c.method, "http://host/", nil)
		u, err := url.ParseRequestURI(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(c.path, "//") { // as net/http reads a request line
			u = &url.URL{Path: c.path}
		}
		r.URL, r.RequestURI = u, c.path
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		got := expectation{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("Location")}
		if got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.method, c.path, got, c.want)
		}
		if nosniff := w.Header().Get("X-Content-Type-Options") == "nosniff"; nosniff != (w.Code == 404) {
			t.Errorf("%s %s: nosniff is %t", c.method, c.path, nosniff)
		}
	}
}

func TestOptionsOfTheServer(t *testing.T) {
	r := httptest.NewRequest("OPTIONS", "*", nil)
	w := httptest.NewRecorder()
	newBench(t, nil).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
}

// Every operation of the table is one of the gate's, and answers a wrong token
// before it looks at anything else, with a report to the gate.
func TestEveryRouteNeedsTheToken(t *testing.T) {
	if n := len(routes()); n != 21 {
		t.Fatalf("%d routes", n)
	}
	for _, header := range []string{"", testToken[1:], testToken + "0", strings.ToUpper(testToken), strings.Repeat("f", 64)} {
		b := newBench(t, nil)
		var want []gate.Operation
		for _, to := range routes() {
			r := httptest.NewRequest(to.method, to.path, strings.NewReader("not JSON"))
			r.Header.Set("X-KMD-API-Token", header)
			r.Header.Set("X-Algo-API-Token", testToken)
			r.Header.Set("Authorization", "Bearer "+testToken)
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			if w.Code != 401 || !strings.Contains(w.Body.String(), `"invalid API token"`) {
				t.Errorf("%s %s with token %q: %d %s", to.method, to.path, header, w.Code, w.Body)
			}
			want = append(want, to.operation)
		}
		if !slices.Equal(b.gate.refused, want) {
			t.Errorf("reported to the gate: %v", b.gate.refused)
		}
		if len(b.gate.callers) != 0 {
			t.Error("an operation of the gate was reached")
		}
	}
}

// What the gate hears of a caller.
func TestCaller(t *testing.T) {
	b := newBench(t, nil)
	if status, _ := b.do("GET", "/v1/wallets", ""); status != 200 {
		t.Fatal(status)
	}
	want := gate.Caller{Listener: "kmd", Protocol: "kmd", UID: -1, Identity: "token"}
	if got := b.gate.callers[0]; got != want {
		t.Errorf("%+v", got)
	}
}

func TestCORS(t *testing.T) {
	const allowed, evil = "http://allowed.example", "http://evil.example"
	listed, all := []string{"http://other.example", allowed}, []string{"*"}
	for _, c := range []struct {
		name        string
		origins     []string
		pna         bool
		method      string
		path        string
		origin      string
		askPrivate  string
		wantOrigin  string
		wantPrivate string
	}{
		{"listed", listed, false, "GET", "/versions", allowed, "", allowed, ""},
		{"not listed", listed, false, "GET", "/versions", evil, "", "", ""},
		{"other case", listed, false, "GET", "/versions", "HTTP://ALLOWED.EXAMPLE", "", "", ""},
		{"other port", listed, false, "GET", "/versions", allowed + ":80", "", "", ""},
		{"none configured", nil, false, "GET", "/versions", allowed, "", "", ""},
		{"no origin", listed, false, "GET", "/versions", "", "", "", ""},
		{"all", all, false, "GET", "/versions", evil, "", evil, ""},
		{"all, no origin", all, false, "GET", "/versions", "", "", "", ""},
		{"all, null origin", all, false, "GET", "/versions", "null", "", "null", ""},
		{"on 401", listed, false, "GET", "/v1/wallets", allowed, "", allowed, ""},
		{"on any OPTIONS", listed, false, "OPTIONS", "/x/y", allowed, "", allowed, ""},
		{"not on 404", all, true, "GET", "/v1/nope", allowed, "true", "", ""},
		{"not on 405", all, true, "GET", "/nope", allowed, "true", "", ""},
		{"not on 301", all, true, "OPTIONS", "//x", allowed, "true", "", ""},
		{"private", all, true, "OPTIONS", "/v1/key", evil, "true", evil, "true"},
		{"private, not listed", listed, true, "OPTIONS", "/v1/key", evil, "true", "", "true"},
		{"private, not asked", all, true, "OPTIONS", "/v1/key", evil, "", evil, ""},
		{"private, asked oddly", all, true, "OPTIONS", "/v1/key", evil, "TRUE", evil, ""},
		{"private, not OPTIONS", all, true, "GET", "/versions", evil, "true", evil, ""},
		{"private, not configured", all, false, "OPTIONS", "/v1/key", evil, "true", evil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, func(cfg *DoorConfig) { cfg.AllowedOrigins, cfg.AllowPrivateNetwork = c.origins, c.pna })
			r := httptest.NewRequest(c.method, "http://host/", nil)
			r.URL = &url.URL{Path: c.path}
			for name, value := range map[string]string{"Origin": c.origin, "Access-Control-Request-Private-Network": c.askPrivate} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			h := w.Header()
			if got := h.Get("Access-Control-Allow-Origin"); got != c.wantOrigin {
				t.Errorf("origin %q, want %q", got, c.wantOrigin)
			}
			if got := h.Get("Access-Control-Allow-Headers") != "" && h.Get("Access-Control-Allow-Methods") != ""; got != (c.wantOrigin != "") {
				t.Errorf("headers and methods: %t", got)
			}
			if got := h.Get("Access-Control-Allow-Private-Network"); got != c.wantPrivate {
				t.Errorf("private network %q, want %q", got, c.wantPrivate)
			}
			for _, never := range []string{"Vary", "Access-Control-Max-Age", "Access-Control-Allow-Credentials"} {
				if h.Get(never) != "" {
					t.Errorf("%s is set", never)
				}
			}
		})
	}
}

// Bodies over the bound are refused in the envelope of the protocol.
func TestBodyLimit(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.MaxBody = 100 })
	fits := `{"wallet_handle_token":"` + strings.Repeat("x", 100-26) + `"}`
	if status, body := b.do("POST", "/v1/wallet/info", fits); len(fits) != 100 || status != 401 {
		t.Errorf("%d bytes: %d %s", len(fits), status, body)
	}
	for name, r := range map[string]*http.Request{
		"announced":     httptest.NewRequest("POST", "/v1/wallet/info", strings.NewReader(fits+" ")),
		"not announced": httptest.NewRequest("POST", "/v1/wallet/info", struct{ *strings.Reader }{strings.NewReader(fits + " ")}),
	} {
		r.Header.Set("X-KMD-API-Token", testToken)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		var envelope struct {
			Error   bool   `json:"error"`
			Message string `json:"message"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &envelope); err != nil || w.Code != 413 || !envelope.Error || envelope.Message == "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if d := newBench(t, nil); d.bodies.limit != 4<<20 {
		t.Errorf("the bound is %d bytes where none is given", d.bodies.limit)
	}
}

// The published description is a Swagger 2.0 document that names every route.
func TestSwagger(t *testing.T) {
	b := newBench(t, nil)
	r := httptest.NewRequest("GET", "/swagger.json", nil)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	var doc struct {
		Swagger string `json:"swagger"`
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
		Security struct {
			Key struct {
				Name string `json:"name"`
			} `json:"api_key"`
		} `json:"securityDefinitions"`
		Definitions map[string]any `json:"definitions"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Swagger != "2.0" || doc.Security.Key.Name != "X-KMD-API-Token" {
		t.Errorf("%s, %s", doc.Swagger, doc.Security.Key.Name)
	}
	ids := make(map[string]bool)
	for _, to := range routes() {
		id := doc.Paths[to.path][strings.ToLower(to.method)].OperationID
		if id == "" || ids[id] {
			t.Errorf("%s %s: operation id %q", to.method, to.path, id)
		}
		ids[id] = true
	}
	if len(doc.Paths) != 20+2 { // one path has two methods
		t.Errorf("%d paths", len(doc.Paths))
	}
	for _, part := range strings.Split(w.Body.String(), `"#/definitions/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if doc.Definitions[name] == nil {
			t.Errorf("definition %s is missing", name)
		}
	}
}

func TestNewDoorChecks(t *testing.T) {
	for name, change := range map[string]func(*DoorConfig){
		"short token":       func(c *DoorConfig) { c.Token = c.Token[1:] },
		"long token":        func(c *DoorConfig) { c.Token = strings.Repeat("x", 257) },
		"no token":          func(c *DoorConfig) { c.Token = "" },
		"no listener":       func(c *DoorConfig) { c.Listener = "" },
		"no clock":          func(c *DoorConfig) { c.Now = nil },
		"no randomness":     func(c *DoorConfig) { c.Rand = nil },
		"no log":            func(c *DoorConfig) { c.Logger = nil },
		"negative lifetime": func(c *DoorConfig) { c.SessionLifetime = -1 },
		"negative bound":    func(c *DoorConfig) { c.MaxBody = -1 },
	} {
		b := newBench(t, nil)
		cfg := DoorConfig{Token: testToken, Listener: "kmd", Now: b.clock.Now, Rand: brokenReader{}, Logger: b.logger}
		if _, err := NewDoor(cfg, b.gate); err != nil {
			t.Fatal(err)
		}
		change(&cfg)
		if _, err := NewDoor(cfg, b.gate); err == nil || fault.Text(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
