//! What SQLite reports, sorted by what mends it.

use std::io;

use rusqlite::ErrorCode;

use crate::error::{Error, one_line};

/// Turns a SQLite failure met while doing `what` into ours.
pub fn sql(what: impl Into<String>) -> impl FnOnce(rusqlite::Error) -> Error {
    let what = what.into();
    move |error| sort(what, error)
}

fn sort(what: String, error: rusqlite::Error) -> Error {
    use rusqlite::Error as Sql;
    let error = match error {
        // Ours, met within a transaction.
        Sql::ToSqlConversionFailure(inner) => match inner.downcast::<Error>() {
            Ok(own) => return *own,
            Err(inner) => Sql::ToSqlConversionFailure(inner),
        },
        other => other,
    };
    // SQLite quotes what it cannot read, to any length.
    let reason = one_line(&error.to_string(), 300);
    let code = match &error {
        Sql::SqliteFailure(failure, _) => failure.code,
        // What is stored is not of the kind, range or shape that we write.
        Sql::FromSqlConversionFailure(..)
        | Sql::IntegralValueOutOfRange(..)
        | Sql::InvalidColumnType(..)
        | Sql::Utf8Error(..)
        | Sql::QueryReturnedNoRows
        | Sql::SqlInputError { .. } => return Error::Damaged(format!("{what}: {reason}")),
        // The root checksum is not what this process left.
        Sql::StatementChangedRows(_) => {
            let reason = "another process has written to it meanwhile; what both stored is kept";
            return Error::Refused(format!("{what}: {reason}"));
        }
        _ => return Error::Internal(format!("{what}: {reason}")),
    };
    match code {
        // Too big: a row claims more than we ever write.
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TooBig => {
            Error::Damaged(format!("{what}: {reason}"))
        }
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            Error::Refused(format!("{what}: the place cannot be written ({reason})"))
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            Error::Refused(format!("{what}: another program keeps the file busy"))
        }
        ErrorCode::DiskFull => Error::io(what, io::Error::new(io::ErrorKind::StorageFull, reason)),
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::NoLargeFileSupport => Error::io(what, io::Error::other(reason)),
        // "no such table" and its kin: the header is ours, the tables are not.
        ErrorCode::Unknown | ErrorCode::SchemaChanged | ErrorCode::TypeMismatch | ErrorCode::NotFound => {
            Error::Damaged(format!("{what}: {reason}"))
        }
        _ => Error::Internal(format!("{what}: {reason}")),
    }
}

/// Sabotage `enospc-ignored`.
#[cfg(feature = "sabotage")]
pub fn unless_full(error: rusqlite::Error) -> rusqlite::Result<()> {
    if error.sqlite_error_code() == Some(ErrorCode::DiskFull) { Ok(()) } else { Err(error) }
}
