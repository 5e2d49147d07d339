# SPDX-License-Identifier: Apache-2.0
"""The city and its agencies: what no package lists, kept by hand.

Rows are (code, type, Vietnamese name, English name, parent, valid_from, source); those of agencies
as they were before have valid_to before the source. A source that starts with `assumption` has not
been confirmed against the text of a decision.
"""

RESOLUTION_06 = "06/NQ-HĐND (2025-02-25)"
DIRECTIVE_05 = "Công điện 05/CĐ-UBND"
EPOCH = "2024-06-28"  # the day iHaNoi opened; no report is older
MERGER = "2025-03-01"  # the city's agencies since the mergers of 2025
BEFORE_MERGER = "2025-02-28"

CITY = ("HN", "city", "Thành phố Hà Nội", "Hanoi City", None, EPOCH, "19/2025/QĐ-TTg")

AGENCIES = [
    ("VPUB", "office", "Văn phòng UBND Thành phố", "Office of the City People's Committee", "HN", EPOCH, DIRECTIVE_05),
    ("TTPVHCC", "office", "Trung tâm Phục vụ hành chính công Thành phố", "City Public Administration Service Centre", "HN", EPOCH, "assumption: start date"),
    ("SNV", "department", "Sở Nội vụ", "Department of Home Affairs", "HN", MERGER, RESOLUTION_06),
    ("STP", "department", "Sở Tư pháp", "Department of Justice", "HN", MERGER, RESOLUTION_06),
    ("STC", "department", "Sở Tài chính", "Department of Finance", "HN", MERGER, RESOLUTION_06),
    ("SCT", "department", "Sở Công Thương", "Department of Industry and Trade", "HN", MERGER, RESOLUTION_06),
    ("SNNMT", "department", "Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment", "HN", MERGER, RESOLUTION_06),
    ("SXD", "department", "Sở Xây dựng", "Department of Construction", "HN", MERGER, RESOLUTION_06),
    ("SKHCN", "department", "Sở Khoa học và Công nghệ", "Department of Science and Technology", "HN", MERGER, RESOLUTION_06),
    ("SQHKT", "department", "Sở Quy hoạch - Kiến trúc", "Department of Planning and Architecture", "HN", MERGER, RESOLUTION_06),
    ("SVHTT", "department", "Sở Văn hóa và Thể thao", "Department of Culture and Sports", "HN", MERGER, RESOLUTION_06),
    ("SYT", "department", "Sở Y tế", "Department of Health", "HN", MERGER, RESOLUTION_06),
    ("SGDDT", "department", "Sở Giáo dục và Đào tạo", "Department of Education and Training", "HN", MERGER, RESOLUTION_06),
    ("SDL", "department", "Sở Du lịch", "Department of Tourism", "HN", MERGER, RESOLUTION_06),
    ("SDTTG", "department", "Sở Dân tộc và Tôn giáo", "Department of Ethnic and Religious Affairs", "HN", MERGER, RESOLUTION_06),
    ("TTRA", "department", "Thanh tra Thành phố", "City Inspectorate", "HN", MERGER, RESOLUTION_06),
    ("BQLKCN", "board", "Ban Quản lý Khu Công nghệ cao và các Khu công nghiệp", "Management Board of High-Tech and Industrial Parks", "HN", MERGER, "assumption: start date"),
    ("VPDKDD", "office", "Văn phòng Đăng ký đất đai Hà Nội", "Hanoi Land Registration Office", "SNNMT", MERGER, "assumption: parent and start date"),
    ("CATP", "police", "Công an Thành phố Hà Nội", "Hanoi City Police", "HN", EPOCH, DIRECTIVE_05),
    ("EVNHANOI", "enterprise", "Tổng công ty Điện lực Thành phố Hà Nội", "Hanoi Electricity Corporation", "HN", EPOCH, "assumption: start date"),
    ("DSDT", "board", "Ban Quản lý đường sắt đô thị Hà Nội", "Hanoi Urban Railway Management Board", "HN", EPOCH, "assumption: start date"),
    ("TTTTDT", "office", "Trung tâm Thông tin điện tử Thành phố", "City Electronic Information Centre", "VPUB", EPOCH, DIRECTIVE_05),
    ("PKSTTHC", "office", "Phòng Kiểm soát thủ tục hành chính", "Administrative Procedure Control Division", "VPUB", EPOCH, DIRECTIVE_05),
    ("BQLDAGT", "board", "Ban Quản lý dự án đầu tư xây dựng công trình giao thông Thành phố", "City Project Management Board for Transport Works", "HN", EPOCH, "assumption: name and start date"),
    ("BQLDADD", "board", "Ban Quản lý dự án đầu tư xây dựng công trình dân dụng Thành phố", "City Project Management Board for Civil Works", "HN", EPOCH, "assumption: name and start date"),
    ("BQLDAHT", "board", "Ban Quản lý dự án đầu tư xây dựng công trình hạ tầng kỹ thuật và nông nghiệp Thành phố", "City Project Management Board for Technical Infrastructure and Agriculture", "HN", EPOCH, "assumption: name and start date"),
]

# Only those that a source names; others existed too.
FORMER_AGENCIES = [
    ("SKHDT", "department", "Sở Kế hoạch và Đầu tư", "Department of Planning and Investment", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("STC", "department", "Sở Tài chính", "Department of Finance", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("SNNPTNT", "department", "Sở Nông nghiệp và Phát triển nông thôn", "Department of Agriculture and Rural Development", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("STNMT", "department", "Sở Tài nguyên và Môi trường", "Department of Natural Resources and Environment", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("STTTT", "department", "Sở Thông tin và Truyền thông", "Department of Information and Communications", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("SKHCN", "department", "Sở Khoa học và Công nghệ", "Department of Science and Technology", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("SGTVT", "department", "Sở Giao thông vận tải", "Department of Transport", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("SXD", "department", "Sở Xây dựng", "Department of Construction", "HN", EPOCH, BEFORE_MERGER, RESOLUTION_06),
    ("SGDDT", "department", "Sở Giáo dục và Đào tạo", "Department of Education and Training", "HN", EPOCH, BEFORE_MERGER, DIRECTIVE_05),
    ("BQLKCNCX", "board", "Ban Quản lý các Khu công nghiệp và Chế xuất", "Management Board of Industrial and Export Processing Zones", "HN", EPOCH, BEFORE_MERGER, "assumption: end date"),
]

# (former, current, main), all on the day of MERGER.
SUCCESSORS = [
    ("BQLKCNCX", "BQLKCN", True),
    ("SGTVT", "SXD", True),
    ("SKHDT", "STC", True),
    ("SNNPTNT", "SNNMT", True),
    ("STNMT", "SNNMT", True),
    ("STTTT", "SKHCN", True),
    ("STTTT", "CATP", False),  # network security
    ("STTTT", "SVHTT", False),  # press and publishing
]
