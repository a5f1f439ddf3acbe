// Package daemon puts the parts together: it owns a data directory, opens what is
// in it in the right order, and closes it in the reverse one.
//
// # The data directory
//
// One process owns it, by a lock that the kernel holds (file "lock"); a pid file
// could outlive its process. It must be closed to everybody else:
//
//	strongroom.toml   configuration
//	lock              held while a daemon runs
//	store/            wallets (SQLite), 0600
//	journal/          the audit journal
//	run/              the admin socket
//	private/          short-lived private copies of foreign files
//
// Nothing but cmd, cli and the personalities' start uses this package.
package daemon
