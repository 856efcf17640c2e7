package sqldb

// AppendStatements are the queries of the journal's transaction, to be prepared before it begins.
var AppendStatements = []string{rightsVersion, takePlaces, quotaHits, chargeHits, insertRecord}

// PutResident is the query of an import, to be prepared before its transaction begins.
const PutResident = putResident
