# Sums of a period by total, channel, campaign and segment, and the ratios roi gives of them.
NR == 1 { for (c = 1; c <= NF; c++) at[$c] = c; next }
$at["date"] >= first && $at["date"] <= last {
    key[1] = "total"; key[2] = $at["channel"]
    key[3] = "campaign." $at["campaign"]; key[4] = "segment." $at["segment"]
    for (k = 1; k <= 4; k++) {
        seen[key[k]] = 1
        for (name in at) if (at[name] > 4) sum[key[k], name] += $at[name]
    }
}
function show(k, name, value) { printf "%s.%s %.12g\n", k, name, value }
END {
    for (k in seen) {
        spend = sum[k, "spend"]; conversions = sum[k, "conversions"]; revenue = sum[k, "revenue"]
        for (name in at) if (at[name] > 4) show(k, name, sum[k, name])
        show(k, "spend_share", spend / sum["total", "spend"])
        show(k, "ctr", sum[k, "clicks"] / sum[k, "impressions"])
        show(k, "cpc", spend / sum[k, "clicks"])
        show(k, "cpm", 1000 * spend / sum[k, "impressions"])
        show(k, "conversion_rate", conversions / sum[k, "clicks"])
        show(k, "cpa", spend / conversions)
        show(k, "cac", spend / sum[k, "new_customers"])
        if (!("revenue" in at)) continue
        show(k, "revenue_share", revenue / sum["total", "revenue"])
        show(k, "aov", revenue / conversions)
        show(k, "roas", revenue / spend)
        show(k, "roi", (revenue - spend) / spend)
        if (margin) show(k, "roi_on_margin", (margin * revenue - spend) / spend)
    }
}
