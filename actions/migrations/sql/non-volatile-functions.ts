/**
 * Built-in functions that people put into defaults and that give one value for a whole statement: every overload of
 * each name is `provolatile` 'i' or 's' in pg_proc of Postgres 18. `random`, `clock_timestamp`, `gen_random_uuid`,
 * `nextval` and their like are not among them.
 */
export const nonVolatileFunctions: ReadonlySet<string> = new Set(
  `abs acos acosd acosh age array_append array_cat array_dims array_fill array_length array_lower array_ndims
  array_position array_positions array_prepend array_remove array_replace array_reverse array_sort array_to_json
  array_to_string array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh bit_count
  bit_length btrim cardinality casefold cbrt ceil ceiling char_length character_length chr concat concat_ws convert
  convert_from convert_to cos cosd cosh cot cotd crc32 crc32c current_database current_schema current_schemas
  current_setting date_add date_bin date_part date_subtract date_trunc decode degrees div encode enum_first
  enum_last enum_range erf erfc exp extract factorial floor format format_type gamma gcd get_bit get_byte height
  host hostmask initcap is_normalized isempty isfinite json_array_length json_build_array json_build_object
  json_object json_strip_nulls json_typeof jsonb_array_length jsonb_build_array jsonb_build_object jsonb_insert
  jsonb_object jsonb_path_exists jsonb_path_match jsonb_path_query_array jsonb_path_query_first jsonb_pretty
  jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_typeof justify_days justify_hours justify_interval lcm left length
  lgamma ln log log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time make_timestamp
  make_timestamptz masklen md5 min_scale mod netmask network normalize now num_nonnulls num_nulls numeric numnode
  octet_length overlay parse_ident phraseto_tsquery pi plainto_tsquery position pow power quote_ident quote_literal
  quote_nullable radians regexp_count regexp_instr regexp_like regexp_match regexp_replace regexp_split_to_array
  regexp_substr repeat replace reverse right round row_to_json rpad rtrim scale set_bit set_byte set_masklen
  setweight sha224 sha256 sha384 sha512 sign sin sind sinh split_part sqrt statement_timestamp string_to_array strip
  strpos substr substring tan tand tanh text timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb
  to_number to_oct to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale trunc
  unistr upper upper_inc upper_inf version websearch_to_tsquery width_bucket`.split(/\s+/),
);

/** Those of them that take none. */
export const withoutArguments: ReadonlySet<string> = new Set(
  'current_database current_schema now pi statement_timestamp transaction_timestamp version'.split(' '),
);
