SELECT * INTO copies FROM orders
----
SELECT 1 AS a INTO #t
----
SELECT id INTO tempdb..copies FROM orders
----
select/**/1 as a into/**/t
----
SELECT 1 AS a INTO [INTO] FROM (SELECT 1 AS b) x
----
WITH c AS (SELECT 1 AS a) SELECT a INTO t FROM c
----
SELECT 1 AS a INTO t UNION ALL SELECT 2
----
WITH c AS (SELECT * FROM orders) DELETE FROM c
----
WITH c AS (SELECT * FROM orders) UPDATE c SET total = 0
----
WITH c AS (SELECT 1 AS a) INSERT INTO t SELECT a FROM c
----
WITH c AS (SELECT 1 AS a) MERGE t USING c ON t.a = c.a WHEN MATCHED THEN DELETE;
----
SELECT * FROM (DELETE FROM orders OUTPUT deleted.*) d
----
SELECT * FROM (MERGE t USING u ON t.a = u.a WHEN MATCHED THEN DELETE OUTPUT $action) d
----
EXEC sp_who
----
EXECUTE sp_who
----
exec('DELETE FROM orders')
----
EXECUTE (N'DELETE FROM orders')
----
EXEC @p
----
EXEC @r = dbo.p @a = 1
----
EXEC ('DELETE FROM orders') AT linked
----
EXEC linked.shop.dbo.p
----
EXEC sp_executesql N'DELETE FROM orders'
----
sp_who
----
[sp_who]
----
"sp_who"
----
dbo.p
----
{call dbo.p}
----
master..xp_cmdshell 'dir'
----
EXEC xp_cmdshell 'dir'
----
EXEC master.dbo.xp_regwrite 'HKEY_LOCAL_MACHINE', 'a', 'b', 'REG_SZ', 'c'
----
SELECT 1 EXEC sp_who
----
SELECT 1; EXEC sp_who
----
SELECT 1; DELETE FROM orders
----
SELECT 1 DELETE FROM orders
----
SELECT 1 DELETE orders
----
SELECT 1--;
DELETE FROM orders
----
SELECT 1 /* ; */ DELETE FROM orders
----
SELECT 1 /* /* */ */ UPDATE orders SET total = 0
----
SELECT ''''; DELETE FROM orders --'
----
SELECT "a""b" DROP TABLE orders
----
SELECT [a]]b]; DROP TABLE orders
----
SELECT 1 AS [a]DELETE FROM orders
----
SELECT 1e1DELETE FROM orders
----
SELECT 1
GO
DELETE FROM orders
----
SELECT 1
GO
----
SELECT 1
go 5
----
SELECT 1 -- a
GO -- b
----
SELECT * FROM OPENROWSET('SQLNCLI', 'Server=x;Trusted_Connection=yes;', 'EXEC p')
----
SELECT * FROM OPENROWSET(BULK '/etc/passwd', SINGLE_CLOB) AS a
----
SELECT * FROM OPENQUERY(linked, 'DELETE FROM orders')
----
SELECT * FROM OPENDATASOURCE('SQLNCLI', 'Data Source=x').shop.dbo.orders
----
SELECT (SELECT a FROM OPENQUERY(linked, 'EXEC p')) AS a
----
SELECT 1 WHERE EXISTS (SELECT 1 FROM OPENROWSET('a', 'b', 'c') d)
----
SELECT * FROM OPENXML(@h, '/a') WITH (b int)
----
SELECT * FROM linked.shop.dbo.orders
----
SELECT o.id FROM [linked].[shop]..[orders] o
----
SELECT NEXT VALUE FOR dbo.numbers
----
SELECT id, NEXT VALUE FOR dbo.numbers OVER (ORDER BY id) FROM orders
----
SELECT 1 WHERE 1 = (SELECT NEXT VALUE FOR numbers)
----
SELECT dbo.f(1)
----
SELECT * FROM dbo.f(1)
----
SELECT * FROM f(1)
----
SELECT o.id FROM orders o CROSS APPLY dbo.f(o.id) x
----
SELECT a.value('/a', 'int') FROM orders
----
SELECT shop.dbo.[abs](1)
----
SELECT sys.fn_trace_gettable('a', 1)
----
SELECT * FROM sys.fn_xe_file_target_read_file('a', NULL, NULL, NULL)
----
SELECT no_such_function(1)
----
SELECT dbo.type::Run()
----
SELECT CAST('a' AS dbo.type)
----
SELECT CAST('a' AS dbo.type).Run()
----
SELECT @a = 1
----
SELECT @a = id FROM orders
----
SELECT @a += 1
----
SELECT * FROM @t
----
SELECT * FROM orders WITH (TABLOCKX)
----
SELECT * FROM orders WITH (XLOCK, HOLDLOCK)
----
SELECT * FROM orders (UPDLOCK)
----
INSERT INTO orders (id) VALUES (1)
----
INSERT orders EXEC p
----
UPDATE orders SET total = 0 OUTPUT inserted.*
----
DELETE TOP (1) orders
----
MERGE orders o USING u ON o.id = u.id WHEN NOT MATCHED THEN INSERT (id) VALUES (u.id);
----
TRUNCATE TABLE orders
----
DROP TABLE orders
----
CREATE TABLE t (a int)
----
CREATE VIEW v AS SELECT 1 AS a
----
ALTER TABLE orders ADD a int
----
GRANT SELECT ON orders TO public
----
BULK INSERT orders FROM 'a'
----
BACKUP DATABASE shop TO DISK = 'a'
----
WAITFOR DELAY '00:10:00'
----
WAITFOR (RECEIVE * FROM q)
----
RECEIVE * FROM q
----
SET ROWCOUNT 1
----
SET NOCOUNT ON SELECT 1
----
USE master
----
USE master SELECT 1
----
DECLARE @a int
----
DECLARE @a int = 1; SELECT @a
----
BEGIN TRANSACTION
----
COMMIT
----
IF 1 = 1 SELECT 1
----
BEGIN SELECT 1 END
----
WHILE 1 = 1 SELECT 1
----
BEGIN TRY SELECT 1 END TRY BEGIN CATCH DELETE orders END CATCH
----
PRINT 'a'
----
RAISERROR('a', 20, 1) WITH LOG
----
KILL 52
----
SHUTDOWN
----
DBCC CHECKDB
----
RECONFIGURE
----
CHECKPOINT
----
EXECUTE AS LOGIN = 'sa'
----
SELECT IDENTITY(int, 1, 1) AS id INTO t FROM orders
----
SELECT {fn now()}
----
UPDATE STATISTICS orders
----
READTEXT t.a @p 0 1
----
SELECT 'not closed
----
SELECT 1 /* not closed
----
SELECT [not closed
----
SELEC 1
----
SELECT FROM WHERE
----
;
----
-- SELECT 1
----
EXEC sys.sp_create_streaming_job @a, @b
----
SELECT * FROM sales PIVOT (dbo.agg(amount) FOR month IN ([1])) p
----
SELECT * FROM sales PIVOT (agg(amount) FOR month IN ([1])) p
----
SELECT (place).ToString() FROM orders
----
SELECT (o.place).query('/a') FROM orders o
----
SELECT ((o.place)).value('/a', 'int') FROM orders o
----
SELECT (SELECT place FROM orders).value('/a', 'int')
----
SELECT CAST(place AS dbo.type).ToString() FROM orders
----
SELECT 1 -- a DELETE FROM orders
----
SELECT 1 -- aDELETE FROM orders
----
SELECT 1 /*   */
----
SELECT᠎1
----
SELECT 1 AS a FROM t
----
SELECT 1 “a”
----
SELECT 1 AS a INTO ##t
----
WITH XMLNAMESPACES ('a' AS b) DELETE FROM orders
----
WITH CHANGE_TRACKING_CONTEXT (0x01) DELETE FROM orders
----
INSERT INTO OPENQUERY(linked, 'SELECT a FROM t') VALUES (1)
----
UPDATE OPENROWSET('a', 'b', 'c') SET a = 1
----
DISABLE TRIGGER t ON orders
----
SEND ON CONVERSATION @h (N'a')
----
DECLARE c CURSOR FOR SELECT 1
----
OPEN SYMMETRIC KEY k DECRYPTION BY CERTIFICATE c
----
REVERT
----
SET CONTEXT_INFO 0x01
----
WRITETEXT t.a @p 'x'
----
RESTORE DATABASE shop FROM DISK = 'a'
----
THROW 50000, 'a', 1
----
ALTER DATABASE SCOPED CONFIGURATION CLEAR PROCEDURE_CACHE
----
CREATE OR ALTER PROCEDURE p AS SELECT 1
