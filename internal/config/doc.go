// Package config reads strongroom.toml.
//
// # Strict
//
// An unknown key, a key given twice, a value of another type or out of its bounds
// stops the start with an error that names the file, the line, the column and the
// key. Nothing is guessed and nothing is clamped.
//
// # Precedence
//
// A value comes from the command line, else from the environment, else from the
// file, else from the defaults. Environment variables are named
// STRONGROOM_<SECTION>_<KEY> in capitals with dashes as underscores; those of a
// listener carry its name: STRONGROOM_LISTENER_KMD_ADDRESS. A variable that
// begins like a section but names no key of it is an error too. Rules come from
// the file only: what may be signed is decided in one place that can be read.
// [Loaded.Settings] says where each value in effect came from.
//
// # One description
//
// The struct tags of [Config] are the one description of every key: `toml` is its
// name, `doc` its meaning, `bounds` and `oneof` what it accepts. Parser, checks,
// [DefaultFile] and [Reference] all read them.
//
// This package knows neither the gate nor the daemon: names of operations are a
// parameter. It imports fault and policy, and is the only importer of the TOML
// library.
package config
