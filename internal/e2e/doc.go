// Package e2e tests whole daemons as their clients and their owners see them:
// recorded exchanges, kill -9, full disks, floods, hostile callers. The test binary
// is the daemon too, started again with the cheap key derivation, so that nothing in
// the product knows of it.
package e2e
