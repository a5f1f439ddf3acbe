package kmd

import (
	"net/http"
	"slices"
)

// cors is the answer to browsers of other origins (§3.3).
type cors struct {
	origins        []string // exact origins, or "*" for all
	privateNetwork bool     // answer private network access preflights
}

// apply sets the headers for one routed request. The request is served in any
// case: an origin that is not listed merely gets no headers, and its browser
// keeps the answer from it.
func (c cors) apply(h http.Header, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin != "" && (slices.Contains(c.origins, origin) || slices.Contains(c.origins, "*")) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Headers", "X-KMD-API-Token, Content-Type")
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
	}
	if c.privateNetwork && r.Method == http.MethodOptions &&
		r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
}
