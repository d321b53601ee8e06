//! Functions that compute in every database that has them, and touch nothing: no file, no address, no session, no sequence,
//! no lock. A name that means one thing in one database and another elsewhere is listed only where both compute.

/// Whether a function of this name only computes.
pub(super) fn computes(name: &str) -> bool {
    COMPUTES.iter().any(|line| line.split(' ').any(|known| known == name))
}

/// Whether a table function of this name only computes its rows.
pub(super) fn is_reading_table(name: &str) -> bool {
    [
        "generate_series",
        "unnest",
        "json_each",
        "json_tree",
        "jsonb_each",
        "json_array_elements",
        "string_split",
        "jsonb_array_elements",
        "json_array_elements_text",
        "jsonb_array_elements_text",
        "regexp_split_to_table",
    ]
    .contains(&name)
}

/// Aggregates, windows, texts, numbers, times, documents, conditions.
const COMPUTES: [&str; 27] = [
    "count sum avg min max total median mode stddev stddev_pop stddev_samp std variance var_pop var_samp var stdev",
    "stdevp varp corr covar_pop covar_samp regr_slope regr_intercept regr_r2 percentile_cont percentile_disc",
    "approx_count_distinct count_if countif sumif avgif bool_and bool_or every any_value bit_and bit_or bit_xor",
    "count_big checksum_agg grouping grouping_id approx_distinct approx_quantile quantile uniq uniqexact arg_max arg_min",
    "argmax argmin max_by min_by first last",
    "string_agg group_concat listagg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_group_array",
    "json_group_object list",
    "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value",
    "upper lower ucase lcase initcap length len char_length character_length octet_length bit_length lengthutf8",
    "concat concat_ws substring substr substring_index mid left right trim ltrim rtrim btrim lpad rpad repeat replicate",
    "reverse replace translate overlay position locate instr charindex patindex strpos split_part string_to_array",
    "array_to_string startswith starts_with ends_with endswith contains ascii chr char unicode nchar space soundex difference",
    "format quotename quote hex unhex md5 sha1 sha2 sha256 crc32 to_hex base64_encode to_base64 from_base64 encode decode",
    "regexp_replace regexp_like regexp_substr regexp_instr regexp_matches regexp_match regexp_extract regexp_count",
    "regexp_contains stuff field elt find_in_set strcmp printf",
    "abs ceil ceiling floor round trunc sign sqrt cbrt power pow exp ln log log2 log10 mod div pi sin cos tan asin acos",
    "atan atan2 atn2 cot degrees radians square greatest least gcd lcm width_bucket rand random isnumeric",
    "now current_timestamp current_date current_time localtime localtimestamp sysdate getdate getutcdate sysdatetime",
    "sysutcdatetime utc_timestamp utc_date curdate curtime date time datetime timestamp julianday unixepoch strftime",
    "date_trunc date_part date_add date_sub date_diff datediff dateadd datepart datename datefromparts eomonth last_day",
    "timestampdiff timestampadd timediff timezone age extract year quarter month week day hour minute second dayofweek",
    "dayofmonth dayofyear weekday weekofyear monthname dayname to_char to_date to_timestamp to_number date_format",
    "str_to_date from_unixtime unix_timestamp time_format makedate adddate subdate make_date make_timestamp timestamp_trunc",
    "format_date format_timestamp parse_date tostartofmonth tostartofday tostartofhour todate toyyyymm toyear tomonth",
    "json_extract json_extract_path_text json_value json_query json_type json_valid json_array_length json_length json_keys",
    "json_object json_array json_contains json_unquote jsonb_array_length jsonb_typeof json_typeof isjson array_length \
     cardinality array_position array_contains row_to_json to_json to_jsonb",
    "coalesce nullif ifnull isnull nvl nvl2 zeroifnull iif if decode choose typeof cast try_cast convert safe_cast version \
     current_user current_catalog current_role session_user user database schema current_schema current_database db_name tostring toint64 tofloat64",
];
