-- The tables are IPython's (IPython/core/history.py), without the columns for
-- the number of commands, remarks and the source before magics are translated.
CREATE TABLE IF NOT EXISTS sessions (
	session INTEGER PRIMARY KEY AUTOINCREMENT,
	start   TEXT NOT NULL, -- RFC 3339
	end     TEXT
);
CREATE TABLE IF NOT EXISTS history (
	session INTEGER NOT NULL,
	line    INTEGER NOT NULL, -- the execution count
	source  TEXT NOT NULL,
	PRIMARY KEY (session, line)
);
CREATE TABLE IF NOT EXISTS output_history (
	session INTEGER NOT NULL,
	line    INTEGER NOT NULL,
	output  TEXT NOT NULL,
	PRIMARY KEY (session, line)
);
