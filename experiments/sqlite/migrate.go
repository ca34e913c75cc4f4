package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/lectern-go/lectern/experiments"
)

// applicationID marks our files in SQLite's header: "LCTN".
const applicationID = 0x4C43544E

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is a step of the schema. Steps are numbered from 1; SQLite's
// user_version holds the last one applied.
type migration struct {
	version int
	sql     string
}

func migrations() []migration {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern above is wrong
	}
	slices.Sort(names)
	var all []migration
	for _, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err) // the file was just listed
		}
		number, _, _ := strings.Cut(filepath.Base(name), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != len(all)+1 {
			panic("migration out of order: " + name)
		}
		all = append(all, migration{version, string(text)})
	}
	return all
}

// migrate creates the file or brings its schema up to date. Processes that do
// so at once take turns.
func migrate(op, path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		done, err := upToDate(op, path)
		if done || err != nil {
			return err
		}
	}
	db := sql.OpenDB(connector(path, writeOptions()))
	db.SetMaxOpenConns(1)
	defer db.Close()
	return wrap(op, path, applyAll(op, path, db))
}

// upToDate looks at an existing file without writing to it.
func upToDate(op, path string) (bool, error) {
	db := sql.OpenDB(connector(path, readOptions(path)))
	defer db.Close()
	version, err := schemaVersion(op, path, db)
	if err != nil {
		return false, wrap(op, path, err)
	}
	return version == len(migrations()), nil
}

// schemaVersion returns the number of the last migration applied, and an error
// if the file is not ours or is from the future.
func schemaVersion(op, path string, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
},
) (int, error) {
	var application, version, tables int
	err := db.QueryRowContext(context.Background(), `SELECT
		(SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&application, &version, &tables)
	switch {
	case err != nil:
		return 0, err
	case application != applicationID && (tables > 0 || application != 0):
		return 0, experiments.Errorf(experiments.CodeState, op,
			"%s is the SQLite database of another program; name another file with --db or LECTERN_DB", path)
	case version > len(migrations()):
		return 0, experiments.Errorf(experiments.CodeState, op,
			"%s was written by a newer Lectern (schema %d, this one knows %d); use that one", path, version, len(migrations()))
	}
	return version, nil
}

func applyAll(op, path string, db *sql.DB) (err error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := schemaVersion(op, path, conn); err != nil {
		return err // before anything is changed
	}
	// Before the first table, or it has no effect: gc gives pages back.
	if _, err := conn.ExecContext(ctx, "PRAGMA auto_vacuum = INCREMENTAL"); err != nil {
		return err
	}
	if err := enableWAL(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	err = applyPending(ctx, op, path, conn)
	if err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, rollback := conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, rollback)
	}
	return nil
}

// enableWAL switches the journal. SQLite does not wait for other processes
// here, so this does.
func enableWAL(ctx context.Context, conn *sql.Conn) error {
	deadline := time.Now().Add(busyTimeout)
	for {
		_, err := conn.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		var se sqlite3.Error
		if !errors.As(err, &se) || se.Code != sqlite3.ErrBusy || time.Now().After(deadline) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// applyPending applies what another process has not applied meanwhile.
func applyPending(ctx context.Context, op, path string, conn *sql.Conn) error {
	version, err := schemaVersion(op, path, conn)
	if err != nil {
		return err
	}
	for _, m := range migrations()[version:] {
		if _, err := conn.ExecContext(ctx, m.sql); err != nil {
			return fmt.Errorf("migration %d: %w", m.version, err)
		}
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d",
		applicationID, len(migrations())))
	return err
}
