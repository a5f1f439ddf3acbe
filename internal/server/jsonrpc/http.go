package jsonrpc

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// DefaultMaxBody is the most bytes of an HTTP request's body, unless an [HTTPConfig] says
// otherwise. It is go-ethereum's.
const DefaultMaxBody = 5 << 20

// HTTPConfig is how a [Service] is served over HTTP.
type HTTPConfig struct {
	// Hosts are the names under which it may be called; nil admits addresses only.
	Hosts *Hosts
	// MaxBody bounds the body of a request, in bytes; 0: [DefaultMaxBody]. The server
	// must let as much through.
	MaxBody int64
}

// Handler serves the service over HTTP/1.1, on every path. An answer has status 200
// whenever the request is well-formed HTTP with JSON in it, whatever the reply says.
//
// It belongs behind a [server.Server], whose write timeout must be longer than the
// service's deadline.
func (s *Service) Handler(c HTTPConfig) http.Handler {
	if c.Hosts == nil {
		c.Hosts = new(Hosts)
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	return &handler{service: s, config: c}
}

type handler struct {
	service     *Service
	config      HTTPConfig
	compressors compressors
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status, text := h.guard(r); status != http.StatusOK {
		if status == http.StatusRequestEntityTooLarge {
			_, _ = server.ReadBody(r, h.config.MaxBody) // refuses: the answer does not wait for what is announced
		}
		h.refuse(w, r, status, text)
		return
	}
	switch r.Method {
	case http.MethodPost:
	case http.MethodGet: // whether we live
		h.send(w, r, http.StatusOK, "", nil)
		return
	default:
		h.send(w, r, http.StatusOK, jsonType, nil)
		return
	}
	body, err := server.ReadBody(r, h.config.MaxBody)
	if err != nil {
		h.unread(w, r, err)
		return
	}
	b := h.service.buffers.Get()
	b, _ = h.service.serve(r.Context(), b, body, outlet{meta: metaOf(r)})
	if len(b) > 0 {
		b = append(b, '\n')
	}
	h.send(w, r, http.StatusOK, jsonType, b)
	h.service.buffers.Put(b)
}

const (
	jsonType = "application/json"
	textType = "text/plain; charset=utf-8"
)

// guard looks at everything but the body.
func (h *handler) guard(r *http.Request) (status int, text string) {
	switch {
	case !h.config.Hosts.Admits(r.Host):
		return http.StatusForbidden, "invalid host specified"
	case r.Method == http.MethodGet && r.ContentLength == 0 && r.URL.RawQuery == "":
		return http.StatusOK, ""
	case r.Method == http.MethodPut || r.Method == http.MethodDelete:
		return http.StatusMethodNotAllowed, "method not allowed"
	case r.ContentLength > h.config.MaxBody:
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("content length too large (%d>%d)", r.ContentLength, h.config.MaxBody)
	case r.Method == http.MethodOptions:
		return http.StatusOK, ""
	case !isJSON(r.Header.Get("Content-Type")):
		return http.StatusUnsupportedMediaType, "invalid content type, only application/json is supported"
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, "method not allowed"
	}
	return http.StatusOK, ""
}

// isJSON reports whether a content type is one of those that a browser sends to another
// site only after it has asked.
func isJSON(contentType string) bool {
	if contentType == jsonType {
		return true
	}
	switch t, _, err := mime.ParseMediaType(contentType); t {
	case jsonType, "application/json-rpc", "application/jsonrequest":
		return err == nil
	}
	return false
}

// unread answers a request whose body could not be read.
func (h *handler) unread(w http.ResponseWriter, r *http.Request, err error) {
	switch fault.KindOf(err) {
	case fault.TooLarge:
		h.refuse(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("content length too large (>%d)", h.config.MaxBody))
	case fault.Busy:
		h.refuse(w, r, http.StatusServiceUnavailable, fault.Text(err))
	case fault.Canceled: // the client is gone, or sends no more
		h.refuse(w, r, http.StatusRequestTimeout, "the request did not arrive in time")
	default:
		h.refuse(w, r, http.StatusBadRequest, "the request is not well-formed")
	}
}

// metaOf is what the request says of its caller, and what the kernel does.
func metaOf(r *http.Request) *Meta {
	peer := server.PeerOf(r.Context())
	return &Meta{
		Remote: r.RemoteAddr, Local: r.Host, Scheme: "http",
		UserAgent: r.Header.Get("User-Agent"), Origin: r.Header.Get("Origin"), Headers: r.Header,
		UID: peer.UID, PID: peer.PID, Conn: peer.Conn,
	}
}

// refuse answers in plain text that browsers must not take for anything else.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	w.Header()["X-Content-Type-Options"] = []string{"nosniff"}
	h.send(w, r, status, textType, []byte(text+"\n"))
}

// send answers with a body, compressed where the client wants it.
func (h *handler) send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	header := w.Header()
	if contentType != "" {
		header["Content-Type"] = []string{contentType}
	}
	if encodings := r.Header["Accept-Encoding"]; len(body) > 0 && len(encodings) > 0 && acceptsGzip(encodings[0]) {
		header["Content-Encoding"] = []string{"gzip"}
		header["Vary"] = []string{"Accept-Encoding"}
		packed := h.compressors.gzip(h.service.buffers.Get(), body)
		defer h.service.buffers.Put(packed)
		body = packed
	}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error of the connection is the client's loss
}
