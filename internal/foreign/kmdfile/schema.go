package kmdfile

import (
	"context"
	"database/sql"
	"strings"

	"strongroom/internal/fault"
)

// column is what PRAGMA table_xinfo must say about a column.
type column struct {
	name, kind string
	notNull    bool
	primary    bool
}

// table is one table of the schema (kmd reference §12).
type table struct {
	name    string
	unique  string // further constraint, for the writer
	columns []column
}

func tables() []table {
	return []table{
		{name: "metadata", unique: "wallet_id", columns: []column{
			{name: "driver_name", kind: "TEXT", notNull: true},
			{name: "driver_version", kind: "INT", notNull: true},
			{name: "wallet_id", kind: "TEXT", notNull: true},
			{name: "wallet_name", kind: "TEXT", notNull: true},
			{name: "mep_encrypted", kind: "BLOB", notNull: true},
			{name: "mdk_encrypted", kind: "BLOB", notNull: true},
			{name: "max_key_idx_encrypted", kind: "BLOB", notNull: true},
		}},
		{name: "keys", columns: []column{
			{name: "address", kind: "BLOB", primary: true},
			{name: "secret_key_encrypted", kind: "BLOB", notNull: true},
			{name: "key_idx", kind: "INT"},
		}},
		{name: "msig_addrs", columns: []column{
			{name: "address", kind: "BLOB", primary: true},
			{name: "version", kind: "INT", notNull: true},
			{name: "threshold", kind: "INT", notNull: true},
			{name: "pks", kind: "BLOB", notNull: true},
		}},
	}
}

// checkSchema accepts exactly kmd's tables with their automatic indexes (and the
// statistics that ANALYZE leaves): no views, triggers, virtual tables, generated
// columns or indexes over expressions, none of which is ever evaluated before
// this has returned.
func (db *database) checkSchema(ctx context.Context) error {
	unexpected := func(what string) error {
		return fault.Unsupported.New("the database is not a kmd wallet: %s", what)
	}
	rows, err := db.conn.QueryContext(ctx, "SELECT type, name, rootpage, sql FROM main.sqlite_schema LIMIT 32")
	if err != nil {
		return databaseError(ctx, err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var kind, name, statement sql.NullString
		var root sql.NullInt64
		if err := rows.Scan(&kind, &name, &root, &statement); err != nil {
			return fault.Corrupt.Wrap(err, textDatabase)
		}
		isTable := kind.String == "table" && root.Int64 > 1 &&
			strings.HasPrefix(strings.ToUpper(statement.String), "CREATE TABLE ")
		switch {
		case kind.String == "index" && !statement.Valid && strings.HasPrefix(name.String, "sqlite_autoindex_"):
		case isTable && strings.HasPrefix(name.String, "sqlite_stat"):
		case isTable && !found[name.String]:
			found[name.String] = true
		default:
			return unexpected("it has objects of other kinds")
		}
	}
	if err := rows.Err(); err != nil {
		return databaseError(ctx, err)
	}
	if len(found) != len(tables()) {
		return unexpected("it has other tables")
	}
	for _, t := range tables() {
		if !found[t.name] {
			return unexpected("it has other tables")
		}
		same, err := db.hasColumns(ctx, t)
		if err != nil {
			return err
		}
		if !same {
			return unexpected("it has other columns")
		}
	}
	return nil
}

func (db *database) hasColumns(ctx context.Context, t table) (bool, error) {
	rows, err := db.conn.QueryContext(ctx, "PRAGMA main.table_xinfo("+t.name+")")
	if err != nil {
		return false, databaseError(ctx, err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var position, notNull, primary, hidden int
		var name, kind string
		var byDefault any
		if err := rows.Scan(&position, &name, &kind, &notNull, &byDefault, &primary, &hidden); err != nil {
			return false, fault.Corrupt.Wrap(err, textDatabase)
		}
		if n >= len(t.columns) || hidden != 0 {
			return false, nil
		}
		got := column{name: name, kind: strings.ToUpper(kind), notNull: notNull != 0, primary: primary != 0}
		if got != t.columns[n] {
			return false, nil
		}
	}
	if err := rows.Err(); err != nil {
		return false, databaseError(ctx, err)
	}
	return n == len(t.columns), nil
}
