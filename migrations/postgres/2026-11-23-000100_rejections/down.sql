drop table rejections;
