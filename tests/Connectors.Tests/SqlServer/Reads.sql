SELECT 1
----
select 1;
----
SELECT 1;;
----
SELECT * FROM orders
----
SELECT * FROM dbo.orders
----
SELECT * FROM shop.dbo.orders
----
SELECT * FROM shop..orders
----
SELECT [id], "total" FROM [dbo].[orders] AS o
----
SELECT 'INTO', '; DELETE FROM orders', N'EXEC xp_cmdshell' AS [DELETE FROM orders]
----
SELECT 1 AS [INTO]
----
SELECT 1 AS "drop table orders"
----
SELECT 1 -- ; DELETE FROM orders
----
SELECT /* INTO t */ 1 /* /* nested */ EXEC p */
----
SELECT TOP (10) id FROM orders ORDER BY id DESC
----
SELECT TOP 5 PERCENT WITH TIES id FROM orders ORDER BY total
----
SELECT DISTINCT total FROM orders
----
SELECT id FROM orders ORDER BY id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY
----
SELECT count(*), sum(total), avg(total), min(id), max(id) FROM orders
----
SELECT total, count(*) FROM orders GROUP BY total HAVING count(*) > 1
----
SELECT a, b, sum(c) FROM t GROUP BY GROUPING SETS ((a, b), (a), ())
----
SELECT a, grouping(a) FROM t GROUP BY CUBE (a, b)
----
SELECT a FROM t GROUP BY ROLLUP (a, b)
----
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer
----
SELECT * FROM a LEFT JOIN b ON a.x = b.x RIGHT JOIN c ON c.x = b.x FULL OUTER JOIN d ON d.x = c.x CROSS JOIN e
----
SELECT * FROM a CROSS APPLY (SELECT TOP (1) * FROM b WHERE b.x = a.x) c
----
SELECT * FROM a OUTER APPLY string_split(a.names, ',') s
----
SELECT * FROM (SELECT 1 AS a) x
----
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(id, name)
----
WITH c AS (SELECT 1 AS a) SELECT * FROM c
----
WITH c (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM c WHERE a < 10) SELECT a FROM c OPTION (MAXRECURSION 100)
----
WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM b
----
WITH XMLNAMESPACES ('urn:x' AS y) SELECT 1 AS a FOR XML PATH('y:a')
----
SELECT 1 UNION SELECT 2
----
SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3
----
(SELECT 1) INTERSECT (SELECT 1)
----
SELECT * FROM orders WHERE id IN (1, 2, 3) AND total BETWEEN 1 AND 2
----
SELECT * FROM orders WHERE id IN (SELECT id FROM other) OR NOT EXISTS (SELECT 1 FROM other)
----
SELECT * FROM orders WHERE name LIKE 'a!%' ESCAPE '!' AND name IS NOT NULL
----
SELECT * FROM orders WHERE id > ALL (SELECT 1) AND id = ANY (SELECT 2)
----
SELECT * FROM orders WHERE id IS DISTINCT FROM total
----
SELECT * FROM orders WHERE placed > @since AND customer = @customer
----
SELECT CASE WHEN total > 5 THEN 'a' ELSE 'b' END, CASE id WHEN 1 THEN 2 END FROM orders
----
SELECT iif(1 = 1, 'a', 'b'), coalesce(a, b), nullif(a, b), isnull(a, b), choose(1, 2, 3) FROM t
----
SELECT CAST(id AS varchar(10)), CONVERT(date, placed, 112), TRY_CAST('a' AS int), TRY_CONVERT(decimal(5, 2), '1') FROM orders
----
SELECT PARSE('1' AS int USING 'en-US'), TRY_PARSE('x' AS date)
----
SELECT getdate(), sysdatetime(), getutcdate(), CURRENT_TIMESTAMP, dateadd(day, 1, getdate()), datediff(hour, 0, getdate())
----
SELECT eomonth(getdate()), datename(month, getdate()), datepart(iso_week, getdate()), year(getdate()), datefromparts(2026, 1, 31)
----
SELECT len('a'), upper('a'), left('ab', 1), right('ab', 1), trim(' a '), replace('a', 'b', 'c'), concat_ws(',', 'a', 'b')
----
SELECT string_agg(name, ',') WITHIN GROUP (ORDER BY name) FROM customers
----
SELECT round(1.5, 0), abs(-1), power(2, 3), sqrt(4), rand(), ceiling(1.2) % 2
----
SELECT row_number() OVER (ORDER BY id), lag(total) OVER (PARTITION BY customer ORDER BY id) FROM orders
----
SELECT sum(total) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders
----
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) OVER () FROM orders
----
SELECT * FROM orders WITH (NOLOCK)
----
SELECT * FROM orders o WITH (INDEX (ix_orders), READPAST)
----
SELECT * FROM orders OPTION (RECOMPILE, MAXDOP 1, HASH JOIN)
----
SELECT * FROM sales PIVOT (SUM(amount) FOR month IN ([1], [2])) p
----
SELECT * FROM sales UNPIVOT (amount FOR month IN (jan, feb)) u
----
SELECT id FROM orders FOR JSON PATH, ROOT('orders'), INCLUDE_NULL_VALUES
----
SELECT id FROM orders FOR XML AUTO, ELEMENTS, TYPE
----
SELECT (SELECT id FROM orders FOR JSON PATH) AS j
----
SELECT json_value(doc, '$.a'), json_query(doc, '$.b'), isjson(doc), json_object('a': 1), json_array(1, 2) FROM t
----
SELECT * FROM OPENJSON(@doc) WITH (a int '$.a', b nvarchar(max) '$.b' AS JSON)
----
SELECT * FROM OPENJSON('[1, 2]')
----
SELECT value FROM generate_series(1, 10)
----
SELECT CAST(doc AS xml).value('(/a)[1]', 'int'), CAST(doc AS xml).query('/a'), CAST(doc AS xml).exist('/a') FROM t
----
SELECT geography::Point(47.6, 7.6, 4326).STAsText()
----
SELECT * FROM orders FOR SYSTEM_TIME AS OF '2026-01-01'
----
SELECT * FROM orders TABLESAMPLE (10 PERCENT)
----
SELECT * FROM texts WHERE CONTAINS(body, 'word') OR FREETEXT(body, 'words')
----
SELECT * FROM CONTAINSTABLE(texts, body, 'word') c
----
SELECT * FROM CHANGETABLE(CHANGES orders, 5) c
----
SELECT name FROM sys.tables WHERE object_id = object_id('orders')
----
SELECT * FROM INFORMATION_SCHEMA.COLUMNS
----
SELECT t.text FROM sys.dm_exec_requests r CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t
----
SELECT @@VERSION, @@SPID, db_name(), suser_sname(), SYSTEM_USER, serverproperty('ServerName')
----
SELECT placed AT TIME ZONE 'UTC' AT TIME ZONE 'Central European Standard Time' FROM orders
----
SELECT name COLLATE Latin1_General_CI_AS FROM customers
----
SELECT -id, ~id, id & 1, id | 2, id ^ 3, 0xFF, $1.5, 1e5, N'ü', NULL FROM orders
----
SELECT hashbytes('SHA2_256', 'a'), newid(), checksum(*) FROM orders
----
SELECT {d '2026-01-31'}, {ts '2026-01-31 09:30:00'}
----
SELECT id AS into_, [select] FROM [insert].[delete]
----
SELECT id = 1, total = 2
----
SELECT * FROM #t
----
SELECT * FROM orders WHERE name = 'it''s; DROP TABLE orders --'
----
SELECT ((((1))))
----
SELECT (SELECT id FROM orders FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)')
----
SELECT (CAST(doc AS xml)).query('/a').value('.', 'int') FROM t
----
SELECT größe AS [“a”] FROM kunden -- für “alle”
WHERE name = N' “'
----
SELECT first_value(total) OVER w FROM orders WINDOW w AS (ORDER BY id)
----
SELECT json_value(doc, '$.a' RETURNING int) FROM t
----
SELECT json_arrayagg(id), json_objectagg(name:id) FROM t
----
SELECT * FROM orders FOR SYSTEM_TIME BETWEEN '2026-01-01' AND '2026-02-01'
----
SELECT vector_distance('cosine', a, b) FROM t
----
SELECT translate('a', 'b', 'c'), string_escape('a', 'json'), greatest(1, 2)
----
SELECT approx_count_distinct(id) FROM orders
