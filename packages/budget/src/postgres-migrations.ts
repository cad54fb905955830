import { REMEMBERED } from "./budget-store.js";

/**
 * What makes tables of one version into those of the next, the first into what an empty database is. Only ever added to: tables that are out there were
 * made by these very statements. Each must leave them such that the version before can go on: processes of both run side by side while a new one is
 * rolled out, so that a function that takes something else gets a new name.
 *
 * What is reserved in a purse is the sum of its rows in `_held` whose lease has not ended. They are changed only by those who have locked the purse, and
 * purses are locked in the order of their names, so that no two wait for each other; renewing and pruning wait for nobody. The functions are what makes
 * each operation one round trip, during which alone the purse is locked.
 */
export function postgresMigrations(table: string): readonly string[] {
  const text = 'text COLLATE "C"';
  const now = "clock_timestamp()";
  const until = "(p_lease * interval '1 millisecond')";
  const lock = `PERFORM 1 FROM ${table}_purses WHERE purse = ANY (p_purses) ORDER BY purse FOR UPDATE;`;
  const insert = `INSERT INTO ${table}_purses (purse, spent, until)
    SELECT purse, 0, to_timestamp(until / 1000) FROM unnest(p_purses, p_untils) AS given(purse, until)
    ORDER BY purse COLLATE "C" ON CONFLICT DO NOTHING;`;
  const begin = (name: string, parameters: string, returns: string): string =>
    `CREATE FUNCTION ${table}_${name}(${parameters}) RETURNS ${returns} LANGUAGE plpgsql AS $function$`;
  const first = [
    `CREATE TABLE ${table}_purses (purse ${text} PRIMARY KEY, spent bigint NOT NULL, until timestamptz)
      WITH (fillfactor = 50)`,
    `CREATE INDEX ON ${table}_purses (until)`,
    `CREATE TABLE ${table}_held (
      purse ${text} NOT NULL,
      id ${text} NOT NULL,
      amount bigint NOT NULL,
      lease_end timestamptz NOT NULL,
      PRIMARY KEY (id, purse)
    ) WITH (fillfactor = 50)`,
    `CREATE INDEX ON ${table}_held (purse, lease_end) INCLUDE (amount)`,
    `CREATE INDEX ON ${table}_held (lease_end)`,

    `${begin("states", "p_purses text[]", "json")}
    BEGIN
      RETURN (
        SELECT coalesce(json_agg(json_build_array(
          coalesce(known.spent, 0),
          (SELECT coalesce(sum(amount), 0) FROM ${table}_held AS held WHERE held.purse = given.purse AND lease_end > ${now})
        ) ORDER BY place), '[]'::json)
        FROM unnest(p_purses) WITH ORDINALITY AS given(purse, place) LEFT JOIN ${table}_purses AS known ON known.purse = given.purse
      );
    END $function$`,

    `${begin("reserve", "p_id text, p_lease float8, p_purses text[], p_amounts bigint[], p_limits bigint[], p_untils float8[]", "json")}
    DECLARE
      refused json;
    BEGIN
      ${insert}
      ${lock}
      IF EXISTS (SELECT FROM ${table}_held WHERE id = p_id) THEN
        RETURN NULL;
      END IF;
      SELECT json_build_object('refused', given.purse, 'spent', known.spent, 'reserved', reserved) INTO refused
        FROM unnest(p_purses, p_amounts, p_limits) WITH ORDINALITY AS given(purse, amount, most, place)
        JOIN ${table}_purses AS known ON known.purse = given.purse
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(held.amount), 0) AS reserved FROM ${table}_held AS held
          WHERE held.purse = given.purse AND lease_end > ${now}
        ) AS sums
        WHERE known.spent + reserved + given.amount > most
        ORDER BY place LIMIT 1;
      IF refused IS NOT NULL THEN
        RETURN refused;
      END IF;
      INSERT INTO ${table}_held (purse, id, amount, lease_end)
        SELECT purse, p_id, amount, ${now} + ${until} FROM unnest(p_purses, p_amounts) AS given(purse, amount);
      RETURN NULL;
    END $function$`,

    `${begin("settle", "p_id text, p_purses text[], p_amounts bigint[]", "json")}
    BEGIN
      ${lock}
      WITH ended AS (
        DELETE FROM ${table}_held WHERE id = p_id AND purse = ANY (p_purses) RETURNING purse
      )
      UPDATE ${table}_purses AS known SET spent = known.spent + given.amount
        FROM unnest(p_purses, p_amounts) AS given(purse, amount) JOIN ended ON ended.purse = given.purse
        WHERE known.purse = given.purse AND given.amount > 0;
      RETURN ${table}_states(p_purses);
    END $function$`,

    `${begin("charge", "p_id text, p_purses text[], p_amounts bigint[], p_untils float8[]", "void")}
    BEGIN
      ${insert}
      ${lock}
      WITH first AS (
        INSERT INTO ${table}_held (purse, id, amount, lease_end)
          SELECT purse, 'charged ' || p_id, 0, ${now} FROM unnest(p_purses) AS given(purse)
          ON CONFLICT DO NOTHING RETURNING purse
      )
      UPDATE ${table}_purses AS known SET spent = known.spent + given.amount
        FROM unnest(p_purses, p_amounts) AS given(purse, amount) JOIN first ON first.purse = given.purse
        WHERE known.purse = given.purse;
    END $function$`,

    `${begin("renew", "p_ids text[], p_lease float8", "void")}
    BEGIN
      UPDATE ${table}_held AS held SET lease_end = ${now} + ${until}
        FROM (SELECT id, purse FROM ${table}_held WHERE id = ANY (p_ids) FOR UPDATE SKIP LOCKED) AS live
        WHERE held.id = live.id AND held.purse = live.purse;
    END $function$`,

    `${begin("prune", "", "void")}
    BEGIN
      DELETE FROM ${table}_purses WHERE purse IN (
        SELECT purse FROM ${table}_purses WHERE until < ${now} LIMIT 10000 FOR UPDATE SKIP LOCKED
      );
      DELETE FROM ${table}_held WHERE (id, purse) IN (
        SELECT id, purse FROM ${table}_held WHERE lease_end < ${now} - interval '${REMEMBERED} milliseconds'
        LIMIT 10000 FOR UPDATE SKIP LOCKED
      );
    END $function$`,
  ];
  return [first.join(";\n")];
}
