package clef

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"strongroom/internal/server"
	"strongroom/internal/server/jsonrpc"
)

// ListenConfig says where the external API is served.
type ListenConfig struct {
	HTTP     string   // "host:port"; "" for none
	VHosts   []string // accepted host names
	Socket   string   // absolute path of the IPC socket; "" for none
	Limits   server.Limits
	Deadline time.Duration // of a request
	Numbers  *atomic.Uint64
	Log      *slog.Logger
}

// Entrance is one open way to the external API. Nothing is served before Serve.
type Entrance struct {
	Name    string // "HTTP" or "IPC", as log lines begin
	URL     string // as UIs are told it: "http://HOST:PORT/", or the socket's path
	Address string // the same as "host:port" or path

	listener net.Listener
	server   interface {
		Serve(net.Listener) error
		Shutdown(context.Context) error
	}
}

// Serve answers requests until Shutdown; it returns nil after an orderly end.
func (e *Entrance) Serve() error { return e.server.Serve(e.listener) }

// Shutdown stops accepting, and removes the socket, lets requests under way finish until
// ctx ends, and cuts the rest, which is fault.Canceled.
func (e *Entrance) Shutdown(ctx context.Context) error { return e.server.Shutdown(ctx) }

// Close gives up an entrance that was never served.
func (e *Entrance) Close() error { return e.listener.Close() }

// Bounds of one connection over IPC.
const (
	ipcRunning = 256 // calls at work; the desk bounds those that wait for approval
	ipcWrite   = 30 * time.Second
)

// maxBodies bounds what large requests over HTTP, where anybody on the machine may call,
// take up together, in bytes: a dozen of the largest, unless larger ones are configured.
const maxBodies = 64 << 20

// answerMargin is what an answer may take beyond the deadline of its request, before the
// connection is cut.
const answerMargin = 15 * time.Second

// Listen opens the entrances in the peer's order: HTTP, then IPC.
func (d *Door) Listen(ctx context.Context, c ListenConfig) (open []*Entrance, err error) {
	defer func() {
		if err != nil {
			for _, e := range open {
				err = errors.Join(err, e.Close())
			}
			open = nil
		}
	}()
	service, err := d.External()
	if err != nil {
		return nil, err
	}
	if c.HTTP != "" {
		// The deadline belongs to the request, not to the connection: whoever waits for
		// a person must not be cut off before.
		c.Limits.WriteTimeout = max(c.Limits.WriteTimeout, c.Deadline+answerMargin)
		web, err := server.New(server.Config{
			Handler: service.Handler(jsonrpc.HTTPConfig{Hosts: jsonrpc.NewHosts(c.VHosts), MaxBody: c.Limits.MaxBody}),
			Limits:  c.Limits, MaxBodies: max(maxBodies, 4*c.Limits.MaxBody), Log: c.Log, Numbers: c.Numbers,
		})
		if err != nil {
			return open, err
		}
		l, err := server.Listen(ctx, c.HTTP)
		if err != nil {
			return open, err
		}
		address := l.Addr().String()
		open = append(open, &Entrance{Name: "HTTP", URL: "http://" + address + "/", Address: address, listener: l, server: web})
	}
	if c.Socket != "" {
		ipc, err := jsonrpc.NewIPC(jsonrpc.IPCConfig{
			Service: service, MaxConnections: c.Limits.MaxConnections, Numbers: c.Numbers, Log: c.Log,
			Stream: jsonrpc.StreamConfig{MaxMessage: int(c.Limits.MaxBody), MaxRunning: ipcRunning, WriteTimeout: ipcWrite},
		})
		if err != nil {
			return open, err
		}
		l, err := jsonrpc.ListenIPC(ctx, c.Socket)
		if err != nil {
			return open, err
		}
		open = append(open, &Entrance{Name: "IPC", URL: c.Socket, Address: c.Socket, listener: l, server: ipc})
	}
	return open, nil
}
