package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/lectern-go/lectern/experiments"
)

// busyTimeout is how long a statement waits for another process.
const busyTimeout = 10 * time.Second

// Store is an [experiments.Store] in a SQLite file. Its methods are safe for
// concurrent use.
type Store struct {
	// Now tells the time; tests may replace it before the first use.
	Now func() time.Time

	path   string
	reader *sql.DB
	writer *writer
}

var _ experiments.Store = (*Store)(nil)

// Open opens the database at path and creates it if there is none. It brings
// an older schema up to date.
//
// The errors are CodeState for another program's file and for a schema of a
// newer Lectern, CodeDamaged for a file that is no SQLite database, and
// CodePermission or CodeNotFound if the file cannot be opened. A file that
// cannot be written opens for reading.
func Open(path string) (*Store, error) {
	const op = "open the tracker database"
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &experiments.Error{Code: experiments.CodeInvalid, Op: op, Message: path, Err: err}
	}
	if err := checkPath(op, path); err != nil {
		return nil, err
	}
	s := &Store{Now: time.Now, path: path}
	if err := migrate(op, path); err != nil {
		return nil, err
	}
	s.reader = sql.OpenDB(connector(path, readOptions(path)))
	// No limit: a reader of many series at once holds a connection for each, and
	// would wait for itself.
	s.reader.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)))
	s.writer = newWriter(path)
	return s, nil
}

// checkPath says clearly what SQLite would call "unable to open database file".
func checkPath(op, path string) error {
	if info, err := os.Stat(path); err == nil {
		if info.IsDir() {
			return experiments.Errorf(experiments.CodeInvalid, op, "%s is a folder; name a file, such as %s", path,
				filepath.Join(path, "lectern.db"))
		}
		return nil
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return experiments.Errorf(experiments.CodeNotFound, op, "there is no folder %s for %s; create it first",
			filepath.Dir(path), filepath.Base(path))
	}
	return nil
}

// URI returns "sqlite:" and the absolute path.
func (s *Store) URI() string { return "sqlite:" + s.path }

// Path returns the absolute path of the file.
func (s *Store) Path() string { return s.path }

// Close waits for writes under way and closes the file.
func (s *Store) Close() error {
	err := s.writer.close()
	if err2 := s.reader.Close(); err == nil {
		err = err2
	}
	return wrap("close", s.path, err)
}

// options are what a connection's URI says besides the path.
type options map[string]string

func writeOptions() options {
	return options{
		"mode": "rwc", "_busy_timeout": strconv.FormatInt(busyTimeout.Milliseconds(), 10), "_foreign_keys": "on",
		"_synchronous": "NORMAL", "_cache_size": "-65536",
	}
}

// readOptions makes connections that only read. A database in a folder that
// cannot be written, with no other user, opens as immutable: SQLite cannot
// create its shared memory there.
func readOptions(path string) options {
	o := options{
		"mode": "rw", "_busy_timeout": strconv.FormatInt(busyTimeout.Milliseconds(), 10), "_query_only": "1",
		"_cache_size": "-65536",
	}
	if _, err := os.Stat(path + "-wal"); err != nil && !folderWritable(filepath.Dir(path)) {
		o["mode"] = "ro"
		o["immutable"] = "1"
	}
	return o
}

func folderWritable(dir string) bool {
	f, err := os.CreateTemp(dir, ".lectern-*")
	if err != nil {
		return false
	}
	f.Close()
	os.Remove(f.Name())
	return true
}

// connector opens connections that know the SQL functions of this package.
func connector(path string, o options) driver.Connector {
	q := url.Values{}
	for k, v := range o {
		q.Set(k, v)
	}
	uri := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return &sqliteConnector{
		dsn:    uri.String(),
		driver: &sqlite3.SQLiteDriver{ConnectHook: registerFunctions},
	}
}

type sqliteConnector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c *sqliteConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c *sqliteConnector) Driver() driver.Driver                        { return c.driver }

func (s *Store) nowMillis() int64 { return s.Now().UnixMilli() }
